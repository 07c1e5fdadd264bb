import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { validate as isUuid } from "uuid";
import { billLines, companies, contracts, dispatches, documents, holders } from "@/db/schema";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { billedBeside } from "@/lib/consumption/queries/billed-parts";
import { billChange } from "@/lib/consumption/statistics/price-change";
import { maskIban } from "@/lib/contracts/rules";
import { visibleContracts } from "@/lib/contracts/scope";
import { settlementOf } from "../rules";
import { visibleDocuments } from "../scope";
import { billRows, onList } from "./bill-list";
import { findWithdrawal } from "./withdrawals";

export type BillSummary = NonNullable<Awaited<ReturnType<typeof findSummary>>>;
export type BillPage = NonNullable<Awaited<ReturnType<typeof findBill>>>;

/**
 * A bill as its page shows it, in four statements however many lines it has; null when there is
 * none or it is not the actor's (R28). `change` sets it beside the one before of the same contract. A
 * withdrawn one says so: the mail that told of it leads here (R21).
 */
export async function findBill(ctx: Context, id: string) {
  if (!isUuid(id)) {
    return null;
  }
  return await inTransaction(ctx, async (tx) => {
    const found = await findSummary(tx, id);
    if (!found) {
      return null;
    }
    const { key, ...bill } = found;
    const lines = await tx.db
      .select({
        lineNumber: billLines.lineNumber,
        section: billLines.section,
        description: billLines.description,
        quantity: billLines.quantity,
        unit: billLines.unit,
        unitPriceEur: billLines.unitPriceEur,
        amountCents: billLines.amountCents,
      })
      .from(billLines)
      .innerJoin(documents, ofDocument(billLines))
      .where(and(eq(documents.id, id), visibleDocuments(tx.actor)))
      .orderBy(asc(billLines.lineNumber));
    const withdrawal = bill.withdrawnAt ? await findWithdrawal(tx, id) : null;
    const beside =
      withdrawal || lines.length === 0 ? null : await billedBeside(tx, { ...bill, ...key });
    const change = beside && billChange(beside.before, beside.after);
    return { ...bill, lines, withdrawal, change };
  });
}

/** The actor's newest document, without its lines; null when there is none. */
export async function findLatestBill(ctx: Context): Promise<BillSummary | null> {
  return await inTransaction(ctx, async (tx) => {
    const [latest] = await billRows(tx, { limit: 1 });
    return latest ? await findSummary(tx, latest.id) : null;
  });
}

async function findSummary(tx: TxContext, id: string) {
  const document = await findDocument(tx, id);
  if (!document) {
    return null;
  }
  const mandate = await findDebit(tx, id);
  return { ...document, mandate, settlement: settlementOf(document, mandate !== null) };
}

async function findDocument({ db, actor }: TxContext, id: string) {
  const [bill] = await db
    .select({
      ...onList,
      key: { companyId: documents.companyId, contractId: documents.contractId },
      supplyPoint: documents.supplyPoint,
      supplyAddress: documents.supplyAddress,
      consumption: documents.consumption,
      consumptionUnit: documents.consumptionUnit,
      estimated: documents.estimated,
      discountCents: documents.discountCents,
      hasPdf: sql<boolean>`${documents.storageKey} is not null`,
      pdfBytes: documents.pdfBytes,
      withdrawnAt: documents.withdrawnAt,
      holderName: holders.name,
      taxId: holders.taxId,
      company: {
        name: companies.name,
        slug: companies.slug,
        accentColor: companies.accentColor,
        vatNumber: companies.vatNumber,
        supportPhone: companies.supportPhone,
        faultPhone: companies.faultPhone,
        senderEmail: companies.senderEmail,
      },
      // Null once the contract changed hands: what it is now is another person's (R5).
      contract: {
        id: contracts.id,
        customerCode: contracts.customerCode,
        product: contracts.product,
        productEndsOn: contracts.productEndsOn,
        annualConsumption: contracts.annualConsumption,
      },
      dispatch: {
        channel: dispatches.channel,
        state: dispatches.state,
        email: dispatches.email,
        acceptedAt: dispatches.acceptedAt,
        failure: dispatches.failure,
      },
    })
    .from(documents)
    .innerJoin(companies, eq(companies.id, documents.companyId))
    .innerJoin(holders, eq(holders.id, documents.holderId))
    .leftJoin(
      contracts,
      and(
        eq(contracts.companyId, documents.companyId),
        eq(contracts.id, documents.contractId),
        visibleContracts(actor),
      ),
    )
    .leftJoin(dispatches, ofDocument(dispatches))
    .where(and(eq(documents.id, id), visibleDocuments(actor)));
  return bill ?? null;
}

const ofDocument = (table: typeof billLines | typeof dispatches) =>
  and(
    eq(table.companyId, documents.companyId),
    eq(table.contractId, documents.contractId),
    eq(table.documentId, documents.id),
  );

interface Debit extends Record<string, unknown> {
  reference: string;
  iban: string;
  creditorId: string;
}

/** The mandate of the document's holder by which it is collected, as its mail says too (R16). */
async function findDebit({ db, actor }: TxContext, id: string) {
  const [mandate] = await db.execute<Debit>(sql`
    select m.reference, m.iban, m.creditor_id as "creditorId"
    from ${documents}
    cross join lateral paying_mandate(${documents.companyId}, ${documents.contractId},
      ${documents.holderId}, ${documents.issueDate}, ${documents.dueDate}) m
    where ${documents.id} = ${id} and ${visibleDocuments(actor) ?? sql`true`}`);
  return mandate ? { ...mandate, iban: maskIban(mandate.iban) } : null;
}

/**
 * Where a document's PDF lies; null when there is none, it was withdrawn (R21) or it is not the
 * actor's (R28).
 */
export async function findBillPdf(
  ctx: Context,
  id: string,
): Promise<{ billNumber: string; storageKey: string } | null> {
  if (!isUuid(id)) {
    return null;
  }
  return await inTransaction(ctx, async ({ db, actor }) => {
    const [row] = await db
      .select({ billNumber: documents.billNumber, storageKey: documents.storageKey })
      .from(documents)
      .where(and(eq(documents.id, id), isNull(documents.withdrawnAt), visibleDocuments(actor)));
    return row?.storageKey ? { billNumber: row.billNumber, storageKey: row.storageKey } : null;
  });
}
