import { describe, expect, test } from "vitest";
import { renderReleaseLetter } from "@/lib/api/release-letter";
import { LANGUAGES } from "@/lib/i18n/languages";
import type { ReleaseLetter } from "@/lib/support/commands/print-release-letter";
import { textOf } from "../factories/pdf-text";

const LETTER: ReleaseLetter = {
  language: "it",
  company: {
    name: "Energia di Prova",
    accentColor: "#1f4e9c",
    senderEmail: "bollette@energia-di-prova.example",
    supportPhone: "800 000 001",
  },
  holderName: "Prova Persona",
  billingAddress: "Via Inventata 1, 00100 Roma",
  contractNumber: "LUC-0000042",
  code: "7K2MQ-0ZB4T",
  startedAt: new Date("2026-11-02T09:00:00Z"),
  expiresAt: new Date("2026-12-02T09:00:00Z"),
};

/** Lines are broken anywhere: only what is said counts. */
const said = (text: string) => text.replace(/\s+/g, "");

describe("R6 the letter with a release's code", () => {
  test.each(LANGUAGES)(
    "in %s says whose, which code, until when and what to do",
    async (language) => {
      const file = await renderReleaseLetter({ ...LETTER, language });
      const text = said(textOf(file));
      const words = {
        it: [
          "Gentile Prova Persona",
          "2 dicembre 2026",
          "cinque codici sbagliati",
          "chiamaci",
          "fermiamo tutto.",
        ],
        en: [
          "Dear Prova Persona",
          "2 December 2026",
          "five wrong codes",
          "call us",
          "we stop everything.",
        ],
        de: [
          "Guten Tag Prova Persona",
          "2. Dezember 2026",
          "fünf falschen Codes",
          "rufen Sie uns",
          "brechen alles ab.",
        ],
      }[language];
      for (const part of [
        ...words,
        "Via Inventata 1",
        "00100 Roma",
        "LUC-0000042",
        "7K2MQ-0ZB4T",
        "800 000 001",
      ]) {
        expect(text, part).toContain(said(part));
      }
      expect(
        Buffer.from(file)
          .toString("latin1")
          .match(/\/Type \/Page\b/g),
      ).toHaveLength(1);
    },
  );

  test("an address of many parts stays in the window, whole", async () => {
    const billingAddress =
      "Condominio Immaginario, Scala B, Interno 4, Via Inventata 1, 00100 Roma, RM";
    const text = said(textOf(await renderReleaseLetter({ ...LETTER, billingAddress })));
    expect(text).toContain(said("Via Inventata 1, 00100 Roma, RM"));
  });
});
