import { and, asc, eq, type SQL, sql } from "drizzle-orm";
import { billLines, companies, dispatches, documents } from "@/db/schema";
import type { DataRow, DataSet } from "@/lib/api/data-files";
import { visibleDocuments } from "@/lib/documents/scope";
import { type Ctx, pages } from "./pages";

const PAGE = 500;

interface Key extends DataRow {
  company_id: number;
  contract_id: string;
  document_id: string;
}

const keyOf = {
  company_id: documents.companyId,
  contract_id: documents.contractId,
  document_id: documents.id,
};

/** A row comparison that the key's index answers. */
const after = (last: Key | undefined): SQL | undefined =>
  last &&
  sql`(${documents.companyId}, ${documents.contractId}, ${documents.id})
    > (${last.company_id}::smallint, ${last.contract_id}::uuid, ${last.document_id}::uuid)`;

const inOrder = [asc(documents.companyId), asc(documents.contractId), asc(documents.id)];

/** Every document of the holder that was published, withdrawn ones too, and how it was sent. */
export const billsSet = (ctx: Ctx): DataSet => ({
  name: "bills",
  columns: {
    company: "text",
    bill_number: "text",
    kind: "text",
    contract_number: "text",
    commodity: "text",
    supply_point: "text",
    supply_address: "text",
    issue_date: "day",
    due_date: "day",
    period_from: "day",
    period_to: "day",
    total_eur: "euro",
    discount_eur: "euro",
    consumption: "decimal",
    consumption_unit: "text",
    estimated: "flag",
    published_at: "instant",
    withdrawn_at: "instant",
    sent_by: "text",
    sent_state: "text",
    sent_to: "text",
  },
  rows: () =>
    pages(ctx, PAGE, async ({ db, actor }, last: Key | undefined) =>
      db
        .select({
          ...keyOf,
          company: companies.name,
          bill_number: documents.billNumber,
          kind: documents.kind,
          contract_number: documents.contractNumber,
          commodity: documents.commodity,
          supply_point: documents.supplyPoint,
          supply_address: documents.supplyAddress,
          issue_date: documents.issueDate,
          due_date: documents.dueDate,
          period_from: documents.periodFrom,
          period_to: documents.periodTo,
          total_eur: documents.totalCents,
          discount_eur: documents.discountCents,
          consumption: documents.consumption,
          consumption_unit: documents.consumptionUnit,
          estimated: documents.estimated,
          published_at: documents.publishedAt,
          withdrawn_at: documents.withdrawnAt,
          sent_by: dispatches.channel,
          sent_state: dispatches.state,
          sent_to: dispatches.email,
        })
        .from(documents)
        .innerJoin(companies, eq(companies.id, documents.companyId))
        .leftJoin(
          dispatches,
          and(
            eq(dispatches.companyId, documents.companyId),
            eq(dispatches.contractId, documents.contractId),
            eq(dispatches.documentId, documents.id),
          ),
        )
        .where(and(visibleDocuments(actor), after(last)))
        .orderBy(...inOrder)
        .limit(PAGE),
    ),
});

/** The lines of those documents; only their amounts add up. */
export const billLinesSet = (ctx: Ctx): DataSet => ({
  name: "bill-lines",
  columns: {
    bill_number: "text",
    line_number: "integer",
    section: "text",
    description: "text",
    quantity: "decimal",
    unit: "text",
    unit_price_eur: "decimal",
    amount_eur: "euro",
  },
  rows: () =>
    pages(ctx, PAGE, async ({ db, actor }, last: (Key & { line_number: number }) | undefined) =>
      db
        .select({
          ...keyOf,
          bill_number: documents.billNumber,
          line_number: billLines.lineNumber,
          section: billLines.section,
          description: billLines.description,
          quantity: billLines.quantity,
          unit: billLines.unit,
          unit_price_eur: billLines.unitPriceEur,
          amount_eur: billLines.amountCents,
        })
        .from(billLines)
        .innerJoin(
          documents,
          and(
            eq(documents.companyId, billLines.companyId),
            eq(documents.contractId, billLines.contractId),
            eq(documents.id, billLines.documentId),
          ),
        )
        .where(
          and(
            visibleDocuments(actor),
            last &&
              sql`(${documents.companyId}, ${documents.contractId}, ${documents.id}, ${billLines.lineNumber})
                > (${last.company_id}::smallint, ${last.contract_id}::uuid, ${last.document_id}::uuid,
                  ${last.line_number}::int)`,
          ),
        )
        .orderBy(...inOrder, asc(billLines.lineNumber))
        .limit(PAGE),
    ),
});

/** What is known of paying them: the state that the billing system told, and the direct debit that pays (R16). */
export const paymentsSet = (ctx: Ctx): DataSet => ({
  name: "payments",
  columns: {
    bill_number: "text",
    due_date: "day",
    total_eur: "euro",
    payment_status: "text",
    mandate_reference: "text",
  },
  rows: () =>
    pages(ctx, PAGE, async ({ db, actor }, last: Key | undefined) =>
      db
        .select({
          ...keyOf,
          bill_number: documents.billNumber,
          due_date: documents.dueDate,
          total_eur: documents.totalCents,
          payment_status: documents.paymentStatus,
          mandate_reference: sql<string | null>`(select m.reference
            from paying_mandate(${documents.companyId}, ${documents.contractId}, ${documents.holderId},
              ${documents.issueDate}, ${documents.dueDate}) m)`,
        })
        .from(documents)
        .where(and(visibleDocuments(actor), after(last)))
        .orderBy(...inOrder)
        .limit(PAGE),
    ),
});
