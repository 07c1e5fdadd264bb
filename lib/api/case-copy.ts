import { createTranslator } from "next-intl";
import type { Language } from "@/lib/i18n/languages";
import { MESSAGES } from "@/lib/i18n/messages";
import type { SupportCase } from "@/lib/support/queries/cases";
import { answerDueOn } from "@/lib/support/rules";
import { formatDate, formatInstant, romeDay } from "@/lib/time";
import { decorate, LEFT, MUTED, type Pdf, taggedPdf, WIDTH, write, writeAll } from "./tagged-pdf";

/** The copy of a complaint or question as a PDF: code, day and hour, every word, and the answer if there is one. */
export async function renderCaseCopy(found: SupportCase, language: Language): Promise<Uint8Array> {
  const t = wordsOf(language);
  const title = t(`copyTitle.${found.kind}`, { code: found.caseCode });
  return await taggedPdf({ language, title, author: found.companyName }, (pdf) =>
    drawCopy(pdf, found, language),
  );
}

const wordsOf = (language: Language) =>
  createTranslator({ locale: language, messages: MESSAGES[language], namespace: "cases" });

function drawCopy(pdf: Pdf, found: SupportCase, language: Language): void {
  const t = wordsOf(language);
  decorate(pdf, () => pdf.rect(0, 0, 595.28, 10).fill(found.accentColor));
  write(pdf, found.companyName, [LEFT, 36, WIDTH], {
    size: 13,
    bold: true,
    color: found.accentColor,
  });
  write(pdf, t(`copyTitle.${found.kind}`, { code: found.caseCode }), [LEFT, 58, WIDTH], {
    size: 17,
    bold: true,
    tag: "H1",
  });
  let y = 96;
  for (const [label, value] of factsOf(found, language)) {
    write(pdf, label, [LEFT, y, 140], { size: 10, color: MUTED, lines: 2 });
    write(pdf, value, [LEFT + 150, y, WIDTH - 150], { size: 10, lines: 2 });
    y += 26;
  }
  part(pdf, t("words"), found.message, y + 12);
  if (found.answer) {
    part(pdf, t("answer"), found.answer, pdf.y + 24);
  }
}

/** A heading and a text of any length, over as many pages as it takes. */
function part(pdf: Pdf, heading: string, text: string, y: number): void {
  const at = y > pdf.page.height - 120 ? startPage(pdf) : y;
  write(pdf, heading, [LEFT, at, WIDTH], { size: 12, bold: true, tag: "H2" });
  writeAll(pdf, text, at + 20);
}

function startPage(pdf: Pdf): number {
  pdf.addPage();
  return LEFT;
}

function factsOf(found: SupportCase, language: Language): [string, string][] {
  const t = wordsOf(language);
  const tBills = createTranslator({
    locale: language,
    messages: MESSAGES[language],
    namespace: "bills",
  });
  const reachable = found.email?.includes("@") ? found.email : null;
  const due = formatDate(answerDueOn(found.receivedAt), language);
  const state = found.answeredAt
    ? t("states.answered", { at: formatDate(romeDay(found.answeredAt), language) })
    : found.kind === "complaint"
      ? t("states.dueBy", { due })
      : t("states.open");
  const facts: [string, string | null][] = [
    [t("received"), formatInstant(found.receivedAt, language)],
    [t("commodity"), found.commodity && tBills(`commodity.${found.commodity}`)],
    [t("topic"), found.topic && t(`topics.${found.topic}`)],
    [t("givenContract"), found.contractNumber],
    [t("givenCode"), found.customerCode],
    [t("from"), found.name],
    [
      t("answerTo"),
      reachable ?? (found.postalAddress && t("byPost", { address: found.postalAddress })),
    ],
    [t("givenPhone"), found.phone],
    [t("state"), state],
  ];
  return facts.filter((fact): fact is [string, string] => Boolean(fact[1]));
}
