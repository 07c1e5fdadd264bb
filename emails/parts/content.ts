import { createTranslator } from "next-intl";
import type { Language } from "@/lib/i18n/languages";
import { MESSAGES } from "@/lib/i18n/messages";

/** The company a mail speaks for. */
export interface MailBrand {
  name: string;
  /** What stands in its pages' addresses. */
  slug: string;
  /** `#rrggbb`. */
  accentColor: string;
  supportPhone: string;
  /** Where an answer to the mail arrives. */
  replyTo: string;
}

/**
 * What a mail says, before it looks like anything: MailLayout makes HTML of it, `plainText` text,
 * so that the two cannot tell different things.
 */
export interface MailContent {
  language: Language;
  brand: MailBrand;
  subject: string;
  /** What a list of mails shows beside the subject. */
  preheader: string;
  title: string;
  paragraphs: string[];
  highlight?: { label: string; value: string; note: string };
  facts: MailFact[];
  action: { label: string; href: string };
  /** Below the button: how to pay, what if it was not you. */
  notes: string[];
  footer: string[];
}

export interface MailFact {
  label: string;
  value: string;
}

/** The texts of mails in a language. */
export const mailTexts = (language: Language) =>
  createTranslator({ locale: language, messages: MESSAGES[language], namespace: "mails" });

/** One message of the texts can hold several paragraphs, an empty line between them. */
export const paragraphsOf = (text: string): string[] => text.split("\n\n");

/** The mail as plain text: every line and link of the HTML, in its order. */
export function plainText(content: MailContent): string {
  const { highlight, facts, action } = content;
  return [
    content.brand.name,
    content.title,
    ...content.paragraphs,
    ...(highlight ? [`${highlight.label}: ${highlight.value}\n${highlight.note}`] : []),
    ...(facts.length > 0 ? [facts.map(({ label, value }) => `${label}: ${value}`).join("\n")] : []),
    `${action.label}:\n${action.href}`,
    ...content.notes,
    "-- ",
    content.footer.join("\n"),
  ].join("\n\n");
}
