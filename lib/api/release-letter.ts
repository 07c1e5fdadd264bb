import { createTranslator } from "next-intl";
import { MESSAGES } from "@/lib/i18n/messages";
import type { ReleaseLetter } from "@/lib/support/commands/print-release-letter";
import { formatDate, romeDay } from "@/lib/time";
import { drawLetterHead, WORDS_AT } from "./letter-head";
import { LEFT, type Pdf, taggedPdf, WIDTH, write } from "./tagged-pdf";

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
  const { supportPhone: phone, senderEmail: email } = company;
  const body = (text: string, y: number, lines: number, bold = false) =>
    write(pdf, text, [LEFT, y, WIDTH], { size: 11, lines, bold });
  drawLetterHead(pdf, {
    ...{ language, company, contact: t("contact", { phone, email }), title: t("title") },
    ...{ to: { name: holder, address: letter.billingAddress }, writtenAt: letter.startedAt },
  });
  body(t("subject", { contract }), WORDS_AT, 1);
  body(t("greeting", { holder }), 324, 2);
  body(t("why", { contract }), 356, 3);
  body(t("how", { phone }), 406, 2);
  write(pdf, letter.code, [LEFT, 446, WIDTH], { size: 28, bold: true });
  body(t("then"), 500, 4);
  body(t("until", { until: formatDate(romeDay(letter.expiresAt), language) }), 566, 2);
  body(t("warning"), 606, 2, true);
  body(t("signature", { company: company.name }), 660, 1);
}
