import { createTranslator } from "next-intl";
import { MESSAGES } from "@/lib/i18n/messages";
import type { AnswerLetter } from "@/lib/support/commands/print-answer-letter";
import { formatDate, romeDay } from "@/lib/time";
import { drawLetterHead, WORDS_AT } from "./letter-head";
import { LEFT, type Pdf, taggedPdf, WIDTH, write, writeAll } from "./tagged-pdf";

/** The answer to a complaint or question as a letter for a window envelope, in the language it was written in. */
export async function renderAnswerLetter(letter: AnswerLetter): Promise<Uint8Array> {
  const { language, company, kind, caseCode } = letter;
  const title = wordsOf(letter)(`letter.title.${kind}`, { code: caseCode });
  return await taggedPdf({ language, title, author: company.name }, (pdf) =>
    drawAnswer(pdf, letter, title),
  );
}

const wordsOf = ({ language }: AnswerLetter) =>
  createTranslator({ locale: language, messages: MESSAGES[language], namespace: "cases" });

function drawAnswer(pdf: Pdf, letter: AnswerLetter, title: string): void {
  const t = wordsOf(letter);
  const { language, company, name, kind } = letter;
  const { supportPhone: phone, senderEmail: email } = company;
  drawLetterHead(pdf, {
    ...{ language, company, title, contact: t("letter.contact", { phone, email }) },
    ...{ to: { name, address: letter.address }, writtenAt: letter.answeredAt },
  });
  const received = formatDate(romeDay(letter.receivedAt), language);
  write(pdf, t(`letter.about.${kind}`, { received }), [LEFT, WORDS_AT, WIDTH], { size: 11 });
  writeAll(
    pdf,
    [
      t("letter.greeting", { name }),
      letter.answer,
      ...(kind === "complaint" ? [t("after")] : []),
      t("letter.signature", { company: company.name }),
    ].join("\n\n"),
    WORDS_AT + 30,
  );
}
