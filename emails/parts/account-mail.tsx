import { createTranslator } from "next-intl";
import { fromBillWords } from "@/lib/delivery/words";
import type { Language } from "@/lib/i18n/languages";
import { MESSAGES } from "@/lib/i18n/messages";
import type { AccountMailTemplate } from "@/lib/mail/account-mails";
import { formatDate, isIsoDate } from "@/lib/time";
import { type MailBrand, type MailContent, mailTexts, paragraphsOf } from "./content";
import { MailLayout } from "./mail-layout";

export interface AccountMailProps {
  language: Language;
  brand: MailBrand;
  /** As queued: plain facts by name; a date is written `YYYY-MM-DD`. */
  params: Record<string, string>;
  link: string;
}

/** What a mail about an account says; its texts are those of its template's name. */
export function accountMailContent(
  template: AccountMailTemplate,
  { language, brand, params, link }: AccountMailProps,
): MailContent {
  const t = mailTexts(language);
  const known = {
    ...Object.fromEntries(
      Object.entries(params).map(([name, value]) => [name, wordsOf(name, value, language)]),
    ),
    company: brand.name,
    phone: brand.supportPhone,
    contracts: params.contractNumbers ? params.contractNumbers.split(", ").length : 0,
  };
  return {
    language,
    brand,
    subject: t(`account.${template}.subject`, known),
    preheader: t(`account.${template}.preheader`, known),
    title: t(`account.${template}.title`, known),
    paragraphs: paragraphsOf(t(`account.${template}.body`, known)),
    facts: [],
    action: { label: t(`account.${template}.action`), href: link },
    notes: [t(`account.${template}.note`, known), t("site", { site: new URL(link).host })],
    footer: [t("automatic"), t("signature", { company: brand.name, phone: brand.supportPhone })],
  };
}

/** A bill is named as on the page where it was chosen (R11); any other date by its day. */
function wordsOf(name: string, value: string, language: Language): string {
  if (!isIsoDate(value)) {
    return value;
  }
  const messages = MESSAGES[language];
  return name === "fromBill"
    ? fromBillWords(
        createTranslator({ locale: language, messages, namespace: "delivery" }),
        value,
        language,
      )
    : formatDate(value, language);
}

/** The HTML of a mail about an account. */
export function AccountMail({
  template,
  ...props
}: AccountMailProps & { template: AccountMailTemplate }) {
  return <MailLayout content={accountMailContent(template, props)} />;
}
