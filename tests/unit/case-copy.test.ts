import { describe, expect, test } from "vitest";
import { renderCaseCopy } from "@/lib/api/case-copy";
import { LANGUAGES } from "@/lib/i18n/languages";
import type { SupportCase } from "@/lib/support/queries/cases";
import { textOf } from "../factories/pdf-text";

const CASE: SupportCase = {
  ...{ id: "00000000-0000-7000-8000-000000000000", kind: "complaint", caseCode: "RE-7Q3MX-R42KD" },
  ...{ receivedAt: new Date("2026-11-28T09:30:00Z"), answeredAt: null, answeredBy: null },
  ...{ companyName: "Energia di Prova", accentColor: "#1f4e9c", supportPhone: "800 000 001" },
  ...{ commodity: "electricity", topic: null, contractNumber: null, customerCode: "710004215" },
  ...{ language: "it", accountId: null, name: "Ada Prova", phone: null },
  ...{ email: null, postalAddress: "Via Inventata 1, 00100 Roma" },
  ...{ message: "Prima riga.\nSeconda riga.", answer: null },
};

/** Lines are broken anywhere: only what is said counts. */
const said = (text: string) => text.replace(/\s+/g, "");
const copyOf = async (over: Partial<SupportCase> = {}) =>
  said(textOf(await renderCaseCopy({ ...CASE, ...over }, "it")));

describe("the copy of a complaint", () => {
  test.each(LANGUAGES)(
    "in %s says code, instant, by when, from whom and what",
    async (language) => {
      const text = said(textOf(await renderCaseCopy(CASE, language)));
      const due = { it: "28 dicembre 2026", en: "28 December 2026", de: "28. Dezember 2026" };
      for (const words of [CASE.caseCode, "10:30", due[language], "Ada Prova", "Via Inventata 1"]) {
        expect(text).toContain(said(words));
      }
      expect(text).toContain(said("Prima riga. Seconda riga."));
    },
  );

  test("holds every word of a long one, over several pages, and the answer after it", async () => {
    const long = Array.from({ length: 1_000 }, (_, index) => `p${index}`).join(" ");
    const answeredAt = new Date("2026-12-01T09:00:00Z");
    const text = await copyOf({ message: long, answer: `Risposta: ${long}`, answeredAt });
    expect(text).toContain(said(long));
    expect(text).toContain(said(`Risposta: ${long}`));
    expect(text).not.toContain("Rispostaentroil");
  });
});
