import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { EXAMPLE, readInstallation } from "@/lib/cli/init/installation-schema";
import { askForInstallation } from "@/lib/cli/init/questions";

/** A terminal at which these lines are typed, one after the other; tells also what was shown. */
async function typed(lines: string[]) {
  const output = new PassThrough();
  const input = new PassThrough();
  input.end(lines.map((line) => `${line}\n`).join(""));
  let shown = "";
  output.setEncoding("utf8").on("data", (text: string) => {
    shown += text;
  });
  const text = await askForInstallation({ input, output }).catch((error: Error) => error);
  return { text, shown };
}

const COMPANY = [
  "Luce Chiara S.p.A.",
  "", // The address that was made of the name.
  "01234567890",
  "IT60ZZZ0000001234567897",
  "800 000 000",
  "800 000 001",
  "",
  "",
  "",
  "",
  "20",
  "",
  "",
  "",
  "bollette@posta.lucechiara.example",
  "",
  "electricity=12,00/per_year@2027-01-01",
  "",
];
const ADMIN = ["Ada Neri", "ada.neri@lucechiara.example"];

describe("the questions of init", () => {
  test("proposals are taken by an empty line, and what is typed is taken as it is", async () => {
    const { text } = await typed([...COMPANY, ...ADMIN, "n", "y"]);
    const { company, admin, showLink } = readInstallation(String(text));
    expect(company).toEqual({
      slug: "luce-chiara-s-p-a",
      name: "Luce Chiara S.p.A.",
      accentColor: "#0b5a68",
      vatNumber: "01234567890",
      creditorId: "IT60ZZZ0000001234567897",
      senderEmail: "bollette@posta.lucechiara.example",
      supportPhone: "800 000 000",
      faultPhone: "800 000 001",
      customerCodePattern: "^[0-9]{9}$",
      customerCodeExample: "123456789",
      billNumberExample: "E2026000123",
      cutOffDay: 20,
      cutOffHour: 18,
      noticeDays: 14,
      printLeadDays: 3,
      discounts: [
        { commodity: "electricity", amountCents: 1200, basis: "per_year", validFrom: "2027-01-01" },
      ],
    });
    expect([admin, showLink]).toEqual([
      { name: "Ada Neri", email: "ada.neri@lucechiara.example" },
      false,
    ]);
  });

  test("a wrong answer is asked again, with what is wrong with it", async () => {
    const wrong = [...COMPANY];
    wrong.splice(2, 0, "123");
    wrong.splice(wrong.indexOf("20"), 0, "31", "soon");
    wrong.splice(-2, 0, "12 euro", "coal=12,00/per_year");
    const { text, shown } = await typed([...wrong, "Ada Neri", "ada", ...ADMIN.slice(1), "y", "y"]);
    expect(readInstallation(String(text)).company.vatNumber).toBe("01234567890");
    expect(shown).toContain("It must have 11 digits.");
    expect(shown).toContain("It must be a day from 1 to 28.");
    expect(shown).toContain("It must be an e-mail address.");
    expect(shown).toContain("It must look like electricity=12,00/per_year@2027-01-01.");
    expect(shown).toContain("It must name one of electricity, gas, ");
  });

  test("who stops in the midst, or says no at the end, changes nothing", async () => {
    expect((await typed(COMPANY.slice(0, 5))).text).toMatchObject({
      message: "Stopped; nothing was changed.",
    });
    expect((await typed([...COMPANY, ...ADMIN, "y", "n"])).text).toMatchObject({
      message: "Nothing was changed.",
    });
  });
});

describe("the file of init", () => {
  const file = (change: (example: typeof EXAMPLE) => object) =>
    readInstallation(JSON.stringify(change(structuredClone(EXAMPLE))));

  test("the example is right, and what it may leave out has a value", () => {
    const whole = file((example) => example);
    const { name, slug, vatNumber, creditorId, senderEmail, supportPhone, faultPhone } =
      EXAMPLE.company;
    const least = file(({ admin }) => ({
      company: { name, slug, vatNumber, creditorId, senderEmail, supportPhone, faultPhone },
      admin,
    }));
    expect(least.company.cutOffDay).toBe(whole.company.cutOffDay);
    expect([whole.showLink, least.showLink]).toEqual([true, false]);
  });

  test.each<[string, (example: typeof EXAMPLE) => object]>([
    [
      "company.vatNumber must have 11 digits.",
      (it) => ({ ...it, company: { ...it.company, vatNumber: "1" } }),
    ],
    ["company.name is missing.", (it) => ({ ...it, company: { ...it.company, name: undefined } })],
    [
      "company.discounts.0 must look like electricity=12,00/per_year@2027-01-01.",
      (it) => ({ ...it, company: { ...it.company, discounts: ["12 euro"] } }),
    ],
    [
      'company.customerCodeExample "X" does not match ^[0-9]{9}$.',
      (it) => ({ ...it, company: { ...it.company, customerCodeExample: "X" } }),
    ],
    [
      "admin.email must be an e-mail address.",
      (it) => ({ ...it, admin: { ...it.admin, email: "ada" } }),
    ],
  ])("%s", (sentence, change) => {
    expect(() => file(change)).toThrow(sentence);
  });

  test("unknown names are refused, and what is no JSON", () => {
    expect(() => file((it) => ({ ...it, colour: "red" }))).toThrow(/colour/);
    expect(() => readInstallation("company: Luce")).toThrow(/is no JSON/);
  });
});
