import { describe, expect, test } from "vitest";
import { renderAnswerLetter } from "@/lib/api/answer-letter";
import { LANGUAGES } from "@/lib/i18n/languages";
import type { AnswerLetter } from "@/lib/support/commands/print-answer-letter";
import { textOf } from "../factories/pdf-text";

const LETTER: AnswerLetter = {
  language: "it",
  company: {
    name: "Energia di Prova",
    accentColor: "#1f4e9c",
    senderEmail: "bollette@energia-di-prova.example",
    supportPhone: "800 000 001",
  },
  kind: "complaint",
  caseCode: "RE-7Q3MX-R42KD",
  receivedAt: new Date("2026-11-02T09:00:00Z"),
  name: "Ada Prova",
  address: "Via Inventata 1, 00100 Roma",
  answer: "Hai ragione.\n\nCorreggiamo la bolletta.",
  answeredAt: new Date("2026-11-20T09:00:00Z"),
};

/** Lines are broken anywhere: only what is said counts. */
const said = (text: string) => text.replace(/\s+/g, "");

describe("the letter that answers a complaint or question", () => {
  test.each(LANGUAGES)(
    "in %s says to whom, about what, the answer and from whom",
    async (language) => {
      const text = said(textOf(await renderAnswerLetter({ ...LETTER, language })));
      const words = {
        it: ["Gentile Ada Prova", "2 novembre 2026", "20 novembre 2026", "servizio clienti"],
        en: ["Dear Ada Prova", "2 November 2026", "20 November 2026", "customer service"],
        de: ["Guten Tag Ada Prova", "2. November 2026", "20. November 2026", "Kundendienst"],
      }[language];
      for (const part of [
        ...words,
        ...["Via Inventata 1", "00100 Roma", "RE-7Q3MX-R42KD", "Hai ragione.", "800 000 001"],
        ...["Correggiamo la bolletta.", "ARERA"],
      ]) {
        expect(text, part).toContain(said(part));
      }
    },
  );

  test.each([
    ["Via Prova, 12/A, 00100 Roma (RM)", "Via Prova, 12/A"],
    ["Via Prova 12\n00100 Roma (RM)", "Via Prova 12"],
  ])(
    "an address in a window has its street, with its number, and its place: %j",
    async (address, street) => {
      const text = said(textOf(await renderAnswerLetter({ ...LETTER, address })));
      expect(text).toContain(said(`${street}00100 Roma (RM)`));
    },
  );

  test("a question's has no word of complaints, and a long answer is all there", async () => {
    const answer = Array.from({ length: 1_000 }, (_, index) => `p${index}`).join(" ");
    const text = said(textOf(await renderAnswerLetter({ ...LETTER, kind: "question", answer })));
    expect(text).toContain(said(answer));
    expect(text).not.toContain("ARERA");
  });
});
