import type { Settlement } from "@/lib/documents/rules";
import type { Language } from "@/lib/i18n/languages";
import {
  type MailBrand,
  type MailContent,
  type MailFact,
  mailTexts,
  paragraphsOf,
} from "./content";
import { MailLayout } from "./mail-layout";

/** What of a bill's mail shapes it; the rest are facts that can be filled in afterwards. */
export interface BillMailShape {
  language: Language;
  brand: MailBrand;
  kind: "bill" | "closing_bill" | "credit_note" | "notice";
  commodity: "electricity" | "gas" | "district_heating" | "water";
  payment: Settlement;
  /** A notice about no money shows none. */
  showAmount: boolean;
  /** Host that the link leads to, so that people can compare it. */
  site: string;
}

/** What the mail tells of one bill, formatted in its language; none is empty. */
export interface BillMailFacts {
  holderName: string;
  billNumber: string;
  contractNumber: string;
  supplyPoint: string;
  supplyAddress: string;
  amount: string;
  dueDate: string;
  period: string;
  link: string;
  /** Shown where direct debit pays: the mail is the SEPA pre-notification as well. */
  mandateReference: string;
  creditorId: string;
}

export interface BillMailProps {
  shape: BillMailShape;
  facts: BillMailFacts;
}

/** R16: brand, amount, due date, period, contract, and mandate and creditor where direct debit pays. */
export function billMailContent({ shape, facts }: BillMailProps): MailContent {
  const { language, brand, kind, payment } = shape;
  const t = mailTexts(language);
  const known = { ...facts, company: brand.name };
  return {
    language,
    brand,
    subject: t(`newBill.${kind}.subject`, known),
    preheader: t(`newBill.${kind}.preheader`, known),
    title: t(`newBill.${kind}.title`),
    paragraphs: paragraphsOf(t(`newBill.${kind}.lead`, known)),
    highlight: shape.showAmount
      ? {
          label: t(payment === "nothing" ? "newBill.amountOnly" : `newBill.${kind}.amount`),
          value: facts.amount,
          note: t(`newBill.due.${payment}`, known),
        }
      : undefined,
    facts: factsOf({ shape, facts }),
    action: { label: t(`newBill.${kind}.action`), href: facts.link },
    notes: [
      ...(shape.showAmount ? [t(`newBill.payment.${payment}`, known)] : []),
      t("site", { site: shape.site }),
    ],
    footer: [
      t("newBill.why", known),
      t("automatic", { address: brand.replyTo }),
      t("signature", { company: brand.name, phone: brand.supportPhone }),
    ],
  };
}

function factsOf({ shape, facts }: BillMailProps): MailFact[] {
  const t = mailTexts(shape.language);
  const byDebit = shape.payment === "direct_debit";
  const due = { label: t(`newBill.facts.${byDebit ? "debitOn" : "dueBy"}`), value: facts.dueDate };
  return [
    { label: t("newBill.facts.holder"), value: facts.holderName },
    { label: t("newBill.facts.contract"), value: facts.contractNumber },
    {
      label: t("newBill.facts.supply"),
      value: `${t(`commodity.${shape.commodity}`)}, ${facts.supplyPoint}`,
    },
    { label: t("newBill.facts.address"), value: facts.supplyAddress },
    { label: t("newBill.facts.number"), value: facts.billNumber },
    { label: t("newBill.facts.period"), value: facts.period },
    ...(byDebit || shape.payment === "to_pay" ? [due] : []),
    ...(byDebit
      ? [
          { label: t("newBill.facts.mandate"), value: facts.mandateReference },
          { label: t("newBill.facts.creditor"), value: facts.creditorId },
        ]
      : []),
  ];
}

/** The HTML of a bill's mail. */
export function BillMail(props: BillMailProps) {
  return <MailLayout content={billMailContent(props)} />;
}
