import { describe, expect, test } from "vitest";
import { type MandateForm, renderMandateForm } from "@/lib/contracts/mandate-form";
import { LANGUAGES } from "@/lib/i18n/languages";
import { textOf } from "../factories/pdf-text";

const FORM: MandateForm = {
  language: "it",
  company: {
    name: "Energia di Prova",
    accentColor: "#1f4e9c",
    creditorId: "IT60ZZZ0000001234567897",
    vatNumber: "01234567897",
    supportPhone: "800 000 001",
    senderEmail: "bollette@energia-di-prova.example",
  },
  requested: null,
};

const REQUESTED = {
  holderName: "Prova Persona",
  debtor: "Prova Titolare",
  iban: "IT60X0542811101000000123456",
  debtorAddress: "Via Inventata 1, 00100 Roma",
  contractNumbers: ["EL-1", "GA-2"],
};

describe("renderMandateForm", () => {
  test.each(LANGUAGES)(
    "R14 the blank form in %s has every field that the scheme asks for and nobody's data",
    async (language) => {
      const text = textOf(await renderMandateForm({ ...FORM, language }));
      const words = {
        it: ["Mandato per addebito diretto SEPA", "Riferimento del mandato", "Ricorrente (X)"],
        en: ["SEPA Direct Debit mandate", "Mandate reference", "Recurrent (X)"],
        de: ["SEPA-Lastschriftmandat", "Mandatsreferenz", "Wiederkehrend (X)"],
      }[language];
      const fields = {
        it: [
          "lo assegna l'azienda",
          "Codice identificativo del creditore",
          "Debitore",
          "8 settimane",
          "Luogo",
          "Data",
          "Firma",
        ],
        en: [
          "assigned by the company",
          "Creditor identifier",
          "Debtor",
          "8 weeks",
          "Place",
          "Date",
          "Signature",
        ],
        de: [
          "vom Unternehmen vergeben",
          "Gläubiger-Identifikationsnummer",
          "Zahlungspflichtiger",
          "8 Wochen",
          "Ort",
          "Datum",
          "Unterschrift",
        ],
      }[language];
      const facts = ["IBAN", "Energia di Prova", "IT60ZZZ0000001234567897", "01234567897"];
      for (const shown of [...words, ...fields, ...facts]) {
        expect(text).toContain(shown);
      }
      expect(text).not.toMatch(/undefined|null|directDebit|\{[a-z]+\}/);
    },
  );

  test("a request fills in holder, contracts, account and its owner", async () => {
    const text = textOf(await renderMandateForm({ ...FORM, requested: REQUESTED }));
    for (const shown of [
      "Prova Persona",
      "Prova Titolare",
      "IT60 X054 2811 1010 0000 0123 456",
      "Via Inventata 1, 00100 Roma",
      "EL-1, GA-2",
    ]) {
      expect(text).toContain(shown);
    }
  });

  test("is tagged, tells its language and is one page", async () => {
    const file = Buffer.from(await renderMandateForm({ ...FORM, language: "de" }));
    const latin = file.toString("latin1");
    expect(latin).toContain("/Lang (de)");
    expect(latin).toContain("/Marked true");
    expect(latin.match(/\/Type \/Page\b/g)).toHaveLength(1);
  });

  test("a mandate for very many contracts names each of them, on a further page", async () => {
    const contractNumbers = Array.from({ length: 500 }, (_, at) => `EL-${10_000 + at}`);
    const file = await renderMandateForm({ ...FORM, requested: { ...REQUESTED, contractNumbers } });
    const text = textOf(file).replace(/\s+/g, "");
    for (const number of contractNumbers) {
      expect(text).toContain(number);
    }
    expect(text).toContain("altri490");
  });

  test("a letter that the fonts lack loses its mark and never becomes a sign", async () => {
    const requested = { ...REQUESTED, holderName: "Đorđe Čžić Àlvà" };
    const text = textOf(await renderMandateForm({ ...FORM, requested }));
    expect(text).toContain("?or?e C");
    expect(text).toContain("ic Àlvà");
  });

  test("a long company name stays inside its line and the form on its page", async () => {
    const company = { ...FORM.company, name: "Energia ".repeat(10).trim() };
    const file = Buffer.from(await renderMandateForm({ ...FORM, company, requested: REQUESTED }));
    expect(file.toString("latin1").match(/\/Type \/Page\b/g)).toHaveLength(1);
  });
});
