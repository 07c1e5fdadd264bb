import { describe, expect, test } from "vitest";
import { answerDueOn, daysToAnswer, urgencyOf, withoutLinks } from "@/lib/support/rules";
import { caseSchema, ownCaseSchema } from "@/lib/support/schema";

describe("the 30 days of a complaint", () => {
  test("count Rome's days, through the change of clocks", () => {
    // Half past midnight in Rome is the day before in universal time.
    const received = new Date("2026-10-09T22:30:00Z");
    expect(answerDueOn(received)).toBe("2026-11-09");
    expect(daysToAnswer(received, new Date("2026-10-10T10:00:00Z"))).toBe(30);
    expect(daysToAnswer(received, new Date("2026-11-09T22:59:00Z"))).toBe(0);
    expect(daysToAnswer(received, new Date("2026-11-09T23:01:00Z"))).toBe(-1);
  });

  test("are pressing from the last week on, and overdue after the last day", () => {
    expect([8, 7, 0, -1].map(urgencyOf)).toEqual(["calm", "pressing", "pressing", "overdue"]);
  });
});

describe("withoutLinks", () => {
  test("takes out what mail programs would make a link of, and nothing else", () => {
    expect(withoutLinks("vedi http://a.example/b?c e HTTPS://X.example.")).toBe("vedi […] e […]");
    expect(withoutLinks("su www.a.example o a.example/offerta")).toBe("su […] o […]");
    const plain = "Bolletta E/2026/12 del 3.11.2026, importo 1.234,50 €; km/h, e/o.";
    expect(withoutLinks(plain)).toBe(plain);
  });
});

describe("what the forms take", () => {
  const typed = {
    ...{ kind: "complaint", company: "prova", commodity: "gas", name: "Ada", phone: "" },
    ...{ email: " Ada@Posta.Example ", postalAddress: "", customerCode: " ", topic: undefined },
    message: "Prima riga\r\nseconda riga",
  };
  const faults = (over: object) =>
    caseSchema
      .safeParse({ ...typed, ...over })
      .error?.issues.map(({ path, message }) => `${String(path[0])}: ${message}`);

  test("what is left out is absent, an address is as in accounts, lines end alike", () => {
    expect(caseSchema.parse(typed)).toEqual({
      ...{ kind: "complaint", company: "prova", commodity: "gas", name: "Ada" },
      ...{ email: "ada@posta.example", message: "Prima riga\nseconda riga" },
      ...{ postalAddress: undefined, customerCode: undefined, phone: undefined, topic: undefined },
    });
  });

  test("says everything that is missing at once", () => {
    expect(faults({})).toBeUndefined();
    expect(faults({ email: "", message: "breve", name: "" })).toEqual([
      "message: caseMessageMissing",
      "name: caseName",
      "email: caseReachable",
    ]);
    expect(faults({ email: "", postalAddress: "Via 1" })).toBeUndefined();
    expect(faults({ commodity: "" })).toEqual(["commodity: caseCommodity"]);
    expect(faults({ company: "", commodity: "", email: "" })).toEqual([
      "company: companyMissing",
      "commodity: caseCommodity",
      "email: caseReachable",
    ]);
    expect(faults({ commodity: undefined })).toEqual(["commodity: caseCommodity"]);
    expect(faults({ kind: "question" })).toEqual(["topic: caseTopic"]);
    expect(faults({ kind: "question", topic: "other", commodity: undefined })).toBeUndefined();
    expect(faults({ message: "x".repeat(5_001) })).toEqual(["message: caseMessageLong"]);
    expect(faults({ message: "dieci e più \u0000 caratteri" })).toEqual(["message: invalid"]);
  });

  test("a customer's own names a supply", () => {
    const own = { kind: "complaint", message: "Non torna proprio.", contractId: "" };
    expect(ownCaseSchema.safeParse(own).error?.issues[0]?.message).toBe("caseContract");
  });
});
