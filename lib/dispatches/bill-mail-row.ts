import type { companies, documents } from "@/db/schema";
import type { NewBillProps } from "@/emails/new-bill";
import { settlementOf } from "@/lib/documents/rules";
import { env } from "@/lib/env";
import { type Language, localizedPath } from "@/lib/i18n/languages";
import { formatCents } from "@/lib/money";
import { formatDate, formatShortDate } from "@/lib/time";

/** What the database knows of a bill's mail. */
export interface BillMailRow {
  company: typeof companies.$inferSelect;
  document: typeof documents.$inferSelect;
  holderName: string;
  /** The mandate that pays this bill; null where none is active from its issue until it is due. */
  mandate: { reference: string; creditorId: string } | null;
  language: Language;
}

/** A bill's mail as the template takes it (R16): formatted, in the recipient's language. */
export function newBillProps({
  company,
  document,
  holderName,
  mandate,
  language,
}: BillMailRow): NewBillProps {
  return {
    shape: {
      language,
      brand: {
        name: company.name,
        slug: company.slug,
        accentColor: company.accentColor,
        supportPhone: company.supportPhone,
      },
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
