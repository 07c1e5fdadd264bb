import { sql } from "drizzle-orm";
import type { companies, documents } from "@/db/schema";
import type { BillMailProps } from "@/emails/parts/bill-mail";
import { settlementOf } from "@/lib/documents/rules";
import { env } from "@/lib/env";
import { type Language, localizedPath } from "@/lib/i18n/languages";
import { brandOf } from "@/lib/mail/resend";
import { formatCents } from "@/lib/money";
import { formatDate, formatShortDate } from "@/lib/time";

/** What the database knows of a bill's mail. */
export interface BillMailRow {
  company: Pick<
    typeof companies.$inferSelect,
    "id" | "name" | "slug" | "accentColor" | "supportPhone" | "senderEmail" | "replyToEmail"
  >;
  document: Pick<
    typeof documents.$inferSelect,
    | "id"
    | "kind"
    | "commodity"
    | "billNumber"
    | "contractNumber"
    | "supplyPoint"
    | "supplyAddress"
    | "totalCents"
    | "dueDate"
    | "periodFrom"
    | "periodTo"
    | "paymentStatus"
  >;
  holderName: string;
  /** The mandate that pays this bill; null where none is active from its issue until it is due. */
  mandate: { reference: string; creditorId: string } | null;
  language: Language;
}

/** Of `companies co`, as BillMailRow has it. */
export const COMPANY_FACTS = sql`json_build_object('id', co.id, 'name', co.name, 'slug', co.slug,
  'accentColor', co.accent_color, 'supportPhone', co.support_phone, 'senderEmail', co.sender_email,
  'replyToEmail', co.reply_to_email)`;

/** Of `documents d`, as BillMailRow has it. */
export const DOCUMENT_FACTS = sql`json_build_object('id', d.id, 'kind', d.kind,
  'commodity', d.commodity, 'billNumber', d.bill_number, 'contractNumber', d.contract_number,
  'supplyPoint', d.supply_point, 'supplyAddress', d.supply_address, 'totalCents', d.total_cents,
  'dueDate', d.due_date, 'periodFrom', d.period_from, 'periodTo', d.period_to,
  'paymentStatus', d.payment_status)`;

/** Of `documents d`: the mandate that collects it; the one that the bill's page names as well. */
export const PAYING_MANDATE = sql`(
  select json_build_object('reference', m.reference, 'creditorId', m.creditor_id)
  from paying_mandate(d.company_id, d.contract_id, d.holder_id, d.issue_date, d.due_date) m)`;

/** A bill's mail as the template takes it (R16): formatted, in the recipient's language. */
export function billMailProps({
  company,
  document,
  holderName,
  mandate,
  language,
}: BillMailRow): BillMailProps {
  return {
    shape: {
      language,
      brand: brandOf(company),
      kind: document.kind,
      commodity: document.commodity,
      payment: settlementOf(document, mandate !== null),
      showAmount: document.totalCents > 0 || document.kind !== "notice",
      site: new URL(env().APP_URL).host,
    },
    facts: {
      holderName,
      billNumber: document.billNumber,
      contractNumber: document.contractNumber,
      supplyPoint: document.supplyPoint,
      supplyAddress: document.supplyAddress,
      amount: formatCents(Math.abs(document.totalCents), language),
      dueDate: formatDate(document.dueDate, language),
      period: `${formatShortDate(document.periodFrom, language)} – ${formatShortDate(document.periodTo, language)}`,
      link: `${env().APP_URL}${localizedPath(language, `/bills/${document.id}`)}`,
      mandateReference: mandate?.reference ?? "",
      creditorId: mandate?.creditorId ?? "",
    },
  };
}
