import { createTranslator } from "next-intl";
import { MESSAGES } from "@/lib/i18n/messages";
import type { ReleaseLetter } from "@/lib/support/commands/print-release-letter";
import { formatDate, romeDay } from "@/lib/time";
import { decorate, LEFT, MUTED, type Pdf, taggedPdf, WIDTH, write } from "./tagged-pdf";

/** Where a window envelope (DL) shows the address, in points; as many lines as it has room for. */
const ADDRESS_AT = 128;
const ADDRESS_LINES = 5;

/** The letter that carries a release's code to the billing address (R6), in its holder's language. */
export async function renderReleaseLetter(letter: ReleaseLetter): Promise<Uint8Array> {
  const t = wordsOf(letter);
  const { language, company } = letter;
  return await taggedPdf(
    { language, title: `${t("title")} – ${company.name}`, author: company.name },
    (pdf) => drawLetter(pdf, letter),
  );
}

const wordsOf = ({ language }: ReleaseLetter) =>
  createTranslator({
    locale: language,
    messages: MESSAGES[language],
    namespace: "staffAccess.letter",
  });

function drawLetter(pdf: Pdf, letter: ReleaseLetter): void {
  const t = wordsOf(letter);
  const { language, company, holderName: holder, contractNumber: contract } = letter;
  const { supportPhone: phone, senderEmail: email, accentColor: color } = company;
  const body = (text: string, y: number, lines: number, bold = false) =>
    write(pdf, text, [LEFT, y, WIDTH], { size: 11, lines, bold });
  decorate(pdf, () => pdf.rect(0, 0, 595.28, 10).fill(color));
  write(pdf, company.name, [LEFT, 36, WIDTH], { size: 15, bold: true, color });
  write(pdf, t("contact", { phone, email }), [LEFT, 58, WIDTH], { size: 9, color: MUTED });
  for (const [line, text] of addressLines(letter).entries()) {
    write(pdf, text, [LEFT, ADDRESS_AT + line * 15, WIDTH / 2], { size: 11 });
  }
  const date = formatDate(romeDay(letter.startedAt), language);
  write(pdf, date, [LEFT, 238, WIDTH], { size: 10, color: MUTED });
  write(pdf, t("title"), [LEFT, 266, WIDTH], { size: 16, bold: true, tag: "H1" });
  body(t("subject", { contract }), 290, 1);
  body(t("greeting", { holder }), 324, 2);
  body(t("why", { contract }), 356, 3);
  body(t("how", { phone }), 406, 2);
  write(pdf, letter.code, [LEFT, 446, WIDTH], { size: 28, bold: true });
  body(t("then"), 500, 4);
  body(t("until", { until: formatDate(romeDay(letter.expiresAt), language) }), 566, 2);
  body(t("warning"), 606, 2, true);
  body(t("signature", { company: company.name }), 660, 1);
}

/** The holder, then the address as it stands in the contract, each part on a line of its own. */
function addressLines({ holderName, billingAddress }: ReleaseLetter): string[] {
  const parts = billingAddress.split(/,\s*/).filter(Boolean);
  const room = ADDRESS_LINES - 1;
  return [holderName, ...parts.slice(0, room - 1), parts.slice(room - 1).join(", ")].filter(
    Boolean,
  );
}
