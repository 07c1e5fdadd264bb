import { createTranslator } from "next-intl";
import { fromBillWords } from "@/lib/delivery/words";
import type { Language } from "@/lib/i18n/languages";
import { MESSAGES } from "@/lib/i18n/messages";
import { isIsoDate } from "@/lib/iso-date";
import type { AccountMailTemplate } from "@/lib/mail/account-mails";
import { formatDate } from "@/lib/time";
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
  const contractNumbers = params.contractNumbers ?? params.contractNumber ?? "";
  const more = Number(params.more ?? 0);
  const known = {
    role: "account",
    undone: "no",
    onPaper: "no",
    check: "no",
    first: "yes",
    ...Object.fromEntries(
      Object.entries(params).map(([name, value]) => [name, wordsOf(name, value, language)]),
    ),
    company: brand.name,
    phone: brand.supportPhone,
    contractNumbers,
    // How many there are in all, and how many of them are not named.
    contracts: (contractNumbers ? contractNumbers.split(", ").length : 0) + more,
    more,
  };
  return {
    language,
    brand,
    subject: t(`account.${template}.subject`, known),
    preheader: t(`account.${template}.preheader`, known),
    title: t(`account.${template}.title`, known),
    paragraphs: paragraphsOf(t(`account.${template}.body`, known)),
    facts: [],
    action: { label: t(`account.${template}.action`, known), href: link },
    notes: [t(`account.${template}.note`, known), t("site", { site: new URL(link).host })],
    footer: [
      t("automatic", { address: brand.replyTo }),
      t("signature", { company: brand.name, phone: brand.supportPhone }),
    ],
  };
}

/** A bill is named as on the page where it was chosen (R11); any other date by its day. */
function wordsOf(name: string, value: string, language: Language): string {
  if (name === "fromBill") {
    const messages = MESSAGES[language];
    return fromBillWords(
      createTranslator({ locale: language, messages, namespace: "delivery" }),
      isIsoDate(value) ? value : null,
      language,
    );
  }
  return isIsoDate(value) ? formatDate(value, language) : value;
}

/** The HTML of a mail about an account. */
export function AccountMail({
  template,
  ...props
}: AccountMailProps & { template: AccountMailTemplate }) {
  return <MailLayout content={accountMailContent(template, props)} />;
}
