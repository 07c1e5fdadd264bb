import { createTranslator } from "next-intl";
import { describe, expect, test } from "vitest";
import { DELIVERY_REASONS } from "@/db/schema";
import { electronicHindrance, NOTICE_VERSION, partOfMonth } from "@/lib/delivery/rules";
import { deliveryFormSchema } from "@/lib/delivery/schema";
import { fromBillWords, offerWords } from "@/lib/delivery/words";
import { LANGUAGES, type Language } from "@/lib/i18n/languages";
import { MESSAGES } from "@/lib/i18n/messages";
import { formatCents } from "@/lib/money";

function translator(locale: Language) {
  const t = createTranslator({ locale, messages: MESSAGES[locale], namespace: "delivery" });
  return t as unknown as {
    (key: string, values?: Record<string, string>): string;
    has(key: string): boolean;
  };
}

describe("the words of delivery", () => {
  test("R11 a cut-off in the middle of December is said so, in each language", () => {
    const words = LANGUAGES.map((it) => fromBillWords(translator(it), "2026-12-15", it));
    expect(words).toEqual([
      "dalla bolletta di metà dicembre 2026",
      "from the bill of mid-December 2026",
      "ab der Rechnung von Mitte Dezember 2026",
    ]);
  });

  test("R11 a supply that no cut-off finds any more has its closing bill named", () => {
    expect(LANGUAGES.map((it) => fromBillWords(translator(it), null, it))).toEqual([
      "dalla bolletta di chiusura",
      "from the closing bill",
      "ab der Schlussrechnung",
    ]);
  });

  test("R11 what a choice will do after all has its words, in each language", () => {
    for (const language of LANGUAGES) {
      const t = translator(language);
      for (const reason of ["no_mandate", "address_suspended"]) {
        expect(t.has(`onPaper.${reason}`), `${language} ${reason}`).toBe(true);
      }
    }
  });

  test("R11 a company's or run's other day is not called the middle", () => {
    expect(
      ["01", "10", "11", "20", "21", "28"].map((day) => partOfMonth(`2026-12-${day}`)),
    ).toEqual(["early", "early", "middle", "middle", "late", "late"]);
  });

  test("R13 R27 a discount is told in euro with a decimal comma, and per what", () => {
    const of = (offerCents: number | null, offerBasis: string | null, language: Language = "it") =>
      offerWords(translator(language), { offerCents, offerBasis }, language)?.replace(/\s/g, " ");
    expect(of(600, "per_year")).toBe("6,00 € all'anno");
    expect(of(50, "per_bill", "de")).toBe("0,50 € je Rechnung");
    expect(of(null, null)).toBeUndefined();
  });

  test("R29 texts name the pages as their language does", () => {
    const { delivery, profile } = MESSAGES.it.shell;
    for (const language of LANGUAGES.filter((one) => one !== "it")) {
      const texts = JSON.stringify(MESSAGES[language]);
      expect([delivery, profile].filter((name) => texts.includes(name))).toEqual([]);
    }
  });

  test("R10 every reason has its words, in each language", () => {
    for (const language of LANGUAGES) {
      const t = translator(language);
      for (const reason of DELIVERY_REASONS) {
        for (const mode of ["electronic", "paper"]) {
          const key = reason === "chosen" ? `reason.chosen_${mode}` : `reason.${reason}`;
          expect(t.has(key), `${language} ${key}`).toBe(true);
        }
      }
    }
  });

  test("R9 the notice in force has its text, in each language", () => {
    for (const language of LANGUAGES) {
      expect(translator(language).has(`notice.${NOTICE_VERSION}.paperStops`)).toBe(true);
    }
  });
});

describe("electronicHindrance", () => {
  test("R9 electronic needs an active mandate and the notice in force", () => {
    const given = { mandateActive: true, acceptedNotice: NOTICE_VERSION };
    expect(electronicHindrance(given)).toBeNull();
    expect(electronicHindrance({ ...given, mandateActive: false })).toBe("no_mandate");
    expect(electronicHindrance({ ...given, acceptedNotice: "2020-01" })).toBe(
      "notice_not_accepted",
    );
    expect(electronicHindrance({ ...given, acceptedNotice: null })).toBe("notice_not_accepted");
  });
});

describe("deliveryFormSchema", () => {
  const contractId = "019aa0f0-0000-7000-8000-000000000000";

  test("a blank e-mail stands for the account's own", () => {
    for (const email of ["", "  ", undefined]) {
      const parsed = deliveryFormSchema.parse({ mode: "electronic", contractId, email });
      expect(parsed).toMatchObject({ mode: "electronic", contractId, email: undefined });
    }
  });

  test("names the field of each slip by a key of the errors", () => {
    const faults = (form: object) =>
      deliveryFormSchema
        .safeParse(form)
        .error?.issues.map(({ path, message }) => [path.join("."), message]);
    expect(faults({ contractId })).toEqual([["mode", "deliveryMode"]]);
    expect(faults({ mode: "electronic", contractId, email: "no" })).toEqual([["email", "email"]]);
    expect(faults({ mode: "paper", contractId: "1" })).toEqual([["contractId", "invalid"]]);
  });

  test("paper asks for no address, whatever the hidden field holds", () => {
    expect(deliveryFormSchema.parse({ mode: "paper", contractId, email: "no" })).toEqual({
      intent: "save",
      mode: "paper",
      contractId,
    });
  });
});

describe("formatCents", () => {
  test("R27 writes cents as euro with the decimal comma and grouped thousands", () => {
    const plain = (cents: number, language: Language) =>
      formatCents(cents, language).replace(/\s/g, " ");
    expect(plain(123_450, "it")).toBe("1.234,50 €");
    expect(plain(-5, "it")).toBe("-0,05 €");
    expect(plain(0, "de")).toBe("0,00 €");
    expect(plain(123_450, "en")).toBe("€1,234.50");
  });
});
