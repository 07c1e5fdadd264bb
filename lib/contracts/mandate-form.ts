import { createTranslator } from "next-intl";
import {
  decorate,
  INK,
  LEFT,
  MUTED,
  type Pdf,
  type Place,
  printable,
  taggedPdf,
  WIDTH,
  write,
} from "@/lib/api/tagged-pdf";
import type { Company } from "@/lib/companies/queries";
import type { Language } from "@/lib/i18n/languages";
import { MESSAGES } from "@/lib/i18n/messages";
import type { RequestedMandate } from "./queries/mandate-requests";

export interface MandateForm {
  language: Language;
  company: Pick<
    Company,
    "name" | "accentColor" | "creditorId" | "vatNumber" | "supportPhone" | "senderEmail"
  >;
  /** What a customer asked for; null: everything is filled in by hand. */
  requested: RequestedMandate | null;
}

/** Two columns, in points. */
const HALF = WIDTH / 2 - 8;
const RIGHT_HALF = LEFT + WIDTH / 2 + 8;
const LINE = "#8a929b";
/** Contract numbers that have room on the form; more go on a page of their own. */
const NUMBERS_SHOWN = 10;
const IBAN_BOXES = 27;

/**
 * The SEPA Core mandate as a PDF of one A4 page, to be printed and signed: every field the scheme asks
 * for, blank or filled in from a request. Tagged, with title and language, text as text.
 */
export async function renderMandateForm(form: MandateForm): Promise<Uint8Array> {
  const t = wordsOf(form.language);
  const { company, language } = form;
  return await taggedPdf(
    { language, title: `${t("title")} – ${company.name}`, author: company.name },
    (pdf) => drawForm(pdf, form),
  );
}

const wordsOf = (language: Language) =>
  createTranslator({
    locale: language,
    messages: MESSAGES[language],
    namespace: "directDebit.pdf",
  });

function drawForm(pdf: Pdf, { language, company, requested }: MandateForm): void {
  const t = wordsOf(language);
  const numbers = requested?.contractNumbers ?? [];
  decorate(pdf, () => pdf.rect(0, 0, 595.28, 10).fill(company.accentColor));
  write(pdf, company.name, [LEFT, 28, WIDTH], { size: 13, bold: true, color: company.accentColor });
  write(pdf, t("title"), [LEFT, 48, WIDTH], { size: 17, bold: true, tag: "H1" });
  field(pdf, `${t("reference")} (${t("referenceHint")})`, "", [LEFT, 80, WIDTH]);

  heading(pdf, t("creditor"), 126);
  field(pdf, t("name"), company.name, [LEFT, 146, HALF]);
  field(pdf, t("creditorId"), company.creditorId, [RIGHT_HALF, 146, HALF]);
  field(pdf, t("address"), t("creditorAddress"), [LEFT, 184, HALF]);
  field(pdf, t("vatNumber"), company.vatNumber, [RIGHT_HALF, 184, HALF]);

  write(pdf, t("authorise", { company: company.name }), [LEFT, 230, WIDTH], {
    size: 9.5,
    lines: 4,
  });
  write(pdf, t("refund"), [LEFT, 276, WIDTH], { size: 9.5, lines: 4 });

  heading(pdf, t("supply"), 330);
  field(pdf, t("holder"), requested?.holderName ?? "", [LEFT, 350, WIDTH]);
  field(pdf, t("contracts"), contractsShown(numbers, language), [LEFT, 388, WIDTH], 2);

  heading(pdf, t("debtor"), 446);
  field(pdf, t("debtorName"), requested?.debtor ?? "", [LEFT, 466, WIDTH]);
  field(pdf, t("debtorAddress"), requested?.debtorAddress ?? "", [LEFT, 504, WIDTH]);
  drawIban(pdf, t("iban"), requested?.iban ?? "", 542);

  write(pdf, t("payment"), [LEFT, 594, 120], { size: 8, color: MUTED });
  tick(pdf, t("recurrent"), LEFT + 120, 592, true);
  tick(pdf, t("single"), LEFT + 260, 592, false);

  field(pdf, t("place"), "", [LEFT, 632, HALF]);
  field(pdf, t("date"), "", [RIGHT_HALF, 632, HALF]);
  field(pdf, t("signature"), "", [LEFT, 680, WIDTH], 2);
  write(
    pdf,
    t("send", { email: company.senderEmail, phone: company.supportPhone }),
    [LEFT, 752, WIDTH],
    { size: 8.5, color: MUTED, lines: 2 },
  );
  if (numbers.length > NUMBERS_SHOWN) {
    drawAnnex(pdf, t("annex"), numbers);
  }
}

function contractsShown(numbers: string[], language: Language): string {
  const shown = numbers.slice(0, NUMBERS_SHOWN).join(", ");
  const more = numbers.length - NUMBERS_SHOWN;
  return more > 0 ? wordsOf(language)("more", { shown, more }) : shown;
}

/** Every contract, when there are more than the form has room for. */
function drawAnnex(pdf: Pdf, title: string, numbers: string[]): void {
  pdf.addPage();
  write(pdf, title, [LEFT, LEFT, WIDTH], { size: 13, bold: true, tag: "H2" });
  const text = printable(numbers.join(", "));
  const draw = () => {
    pdf.font("Helvetica", 10).fillColor(INK).text(text, LEFT, 80, { width: WIDTH });
  };
  pdf.addStructure(pdf.struct("P", {}, [draw]));
}

const heading = (pdf: Pdf, text: string, y: number) =>
  write(pdf, text, [LEFT, y, WIDTH], { size: 11, bold: true, tag: "H2" });

/** A label with what stands, or is to be written, on the line below it. */
function field(pdf: Pdf, label: string, value: string, [x, y, width]: Place, lines = 1): void {
  write(pdf, label, [x, y, width], { size: 8, color: MUTED });
  if (value !== "") {
    write(pdf, value, [x, y + 12, width], { size: lines > 1 ? 9.5 : 11, lines });
  }
  const ruleAt = y + 14 + 12 * lines;
  decorate(pdf, () =>
    pdf
      .moveTo(x, ruleAt)
      .lineTo(x + width, ruleAt)
      .lineWidth(0.7)
      .strokeColor(LINE)
      .stroke(),
  );
}

/** One box for each character, in groups of four; foreign accounts of up to 34 have room too. */
function drawIban(pdf: Pdf, label: string, iban: string, y: number): void {
  write(pdf, label, [LEFT, y, WIDTH], { size: 8, color: MUTED });
  if (iban !== "") {
    write(pdf, iban.replace(/(.{4})(?=.)/g, "$1 "), [LEFT, y + 16, WIDTH], {
      size: 13,
      bold: true,
    });
    return;
  }
  decorate(pdf, () => {
    for (let at = 0; at < IBAN_BOXES; at += 1) {
      pdf.rect(LEFT + at * 16 + Math.floor(at / 4) * 6, y + 12, 16, 20);
    }
    pdf.lineWidth(0.7).strokeColor(LINE).stroke();
  });
}

function tick(pdf: Pdf, label: string, x: number, y: number, chosen: boolean): void {
  decorate(pdf, () => {
    pdf.rect(x, y, 10, 10);
    if (chosen) {
      pdf
        .moveTo(x, y)
        .lineTo(x + 10, y + 10)
        .moveTo(x + 10, y)
        .lineTo(x, y + 10);
    }
    pdf.lineWidth(0.9).strokeColor(INK).stroke();
  });
  write(pdf, chosen ? `${label} (X)` : label, [x + 16, y, 110], { size: 10 });
}
