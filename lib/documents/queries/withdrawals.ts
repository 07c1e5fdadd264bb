import { and, desc, eq, gt, isNotNull, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { companies, dispatches, documents, withdrawals, withdrawnDocuments } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { findCompany } from "@/lib/companies/queries";
import { NotFoundError } from "@/lib/errors";
import { getRun } from "@/lib/runs/queries/run";
import { type RunActor, requireRunReader } from "@/lib/runs/rules";
import { visibleDocuments } from "../scope";

/** A withdrawn bill is told of for so long where others are listed. */
const DAYS_TOLD = 60;

const replacement = alias(documents, "replacement");

/** Why and when a document was withdrawn, and what stands in its place; null when it is valid. */
export async function findWithdrawal({ db, actor }: TxContext, documentId: string) {
  const [row] = await db
    .select({
      withdrawnAt: documents.withdrawnAt,
      reason: withdrawals.reason,
      replacement: { id: replacement.id, billNumber: replacement.billNumber },
    })
    .from(documents)
    .innerJoin(withdrawnDocuments, ofWithdrawn)
    .innerJoin(
      withdrawals,
      and(
        eq(withdrawals.companyId, withdrawnDocuments.companyId),
        eq(withdrawals.id, withdrawnDocuments.withdrawalId),
        isNotNull(withdrawals.carriedOutAt),
      ),
    )
    .leftJoin(
      replacement,
      and(
        eq(replacement.companyId, documents.companyId),
        eq(replacement.contractId, documents.contractId),
        eq(replacement.replaces, documents.id),
        eq(replacement.holderId, documents.holderId),
        isNotNull(replacement.publishedAt),
      ),
    )
    .where(
      and(eq(documents.id, documentId), isNotNull(documents.withdrawnAt), visibleDocuments(actor)),
    );
  return row?.withdrawnAt ? { ...row, withdrawnAt: row.withdrawnAt } : null;
}

export type WithdrawnBill = Awaited<ReturnType<typeof listWithdrawn>>[number];

const withdrawnOfLate = (actor: Actor) =>
  and(
    visibleDocuments(actor),
    gt(documents.withdrawnAt, sql`clock_timestamp() - make_interval(days => ${DAYS_TOLD})`),
  );

/** Whether there is anything for `listWithdrawn` to list. */
export const someWithdrawn = (actor: Actor): SQL<boolean> =>
  sql`exists (select from ${documents} where ${withdrawnOfLate(actor)})`;

/** The actor's bills that were withdrawn of late, newest first, at most twelve. */
export async function listWithdrawn(ctx: Context) {
  return await inTransaction(ctx, async ({ db, actor }) => {
    return await db
      .select({
        id: documents.id,
        billNumber: documents.billNumber,
        contractNumber: documents.contractNumber,
        companyName: companies.name,
        withdrawnAt: sql<Date>`${documents.withdrawnAt}`.mapWith(documents.withdrawnAt),
      })
      .from(documents)
      .innerJoin(companies, eq(companies.id, documents.companyId))
      .where(withdrawnOfLate(actor))
      .orderBy(desc(documents.withdrawnAt), desc(documents.id))
      .limit(12);
  });
}

const ofWithdrawn = and(
  eq(withdrawnDocuments.companyId, documents.companyId),
  eq(withdrawnDocuments.contractId, documents.contractId),
  eq(withdrawnDocuments.documentId, documents.id),
);

export interface AskedBill {
  billNumber: string;
  contractId: string | null;
  documentId: string | null;
  runId: string | null;
  /** `unknown` also where it is of another run than the one that was said. */
  state: "published" | "not_published" | "withdrawn" | "unknown";
}

/**
 * What the bill numbers of a company mean (R21), each once, in the order given. `runId` limits them
 * to a run's documents.
 */
export async function findAskedBills(
  { db }: TxContext,
  { companyId, runId, billNumbers }: { companyId: number; runId?: string; billNumbers: string[] },
): Promise<AskedBill[]> {
  const rows = await db.execute<AskedBill & Record<string, unknown>>(sql`
    select asked.bill_number as "billNumber", d.contract_id as "contractId", d.id as "documentId",
      d.run_id as "runId",
      case
        when d.published_at is not null then 'published'
        when d.id is not null then 'not_published'
        when exists (
          select from withdrawn_documents x
          join documents w on w.company_id = x.company_id and w.contract_id = x.contract_id
            and w.id = x.document_id
          where x.company_id = ${companyId} and w.bill_number = asked.bill_number
            and w.withdrawn_at is not null) then 'withdrawn'
        else 'unknown'
      end as state
    from (
      select value as bill_number, min(ordinality) as place
      from json_array_elements_text(${JSON.stringify(billNumbers)}::json) with ordinality
      group by value
    ) asked
    left join documents d on d.company_id = ${companyId} and d.bill_number = asked.bill_number
      and d.withdrawn_at is null and (${runId ?? null}::uuid is null or d.run_id = ${runId ?? null}::uuid)
    order by asked.place`);
  return [...rows];
}

/**
 * The same by a company's slug and a run's name or id, for whoever was refused.
 * @throws {NotFoundError} if there is no such company or run
 * @throws {ForbiddenError} for a role that may not see runs
 */
export async function listAskedBills(
  ctx: Context<RunActor>,
  { company: slug, run, billNumbers }: { company: string; run?: string; billNumbers: string[] },
): Promise<AskedBill[]> {
  requireRunReader(ctx.actor);
  return await inTransaction(ctx, async (tx) => {
    const company = await findCompany(tx.db, slug);
    if (!company) {
      throw new NotFoundError(`company "${slug}"`);
    }
    const runId = run ? (await getRun(tx, { company: slug, run })).id : undefined;
    return await findAskedBills(tx, { companyId: company.id, runId, billNumbers });
  });
}

export interface WithdrawnRow {
  billNumber: string;
  contractNumber: string;
  /** How its holder may know of it already; a mail about the withdrawal goes to `email`. */
  told: "email" | "paper" | "nobody";
}

/**
 * The documents of a withdrawal, and who had been told of them (R21), by bill number.
 * @throws {NotFoundError} if the company has no such withdrawal
 * @throws {ForbiddenError} for a role that may not see runs
 */
export async function withdrawalRows(
  ctx: Context<RunActor>,
  { company, withdrawalId }: { company: string; withdrawalId: string },
): Promise<WithdrawnRow[]> {
  requireRunReader(ctx.actor);
  return await inTransaction(ctx, async ({ db }) => {
    const known = await db
      .select({ companyId: withdrawals.companyId })
      .from(withdrawals)
      .innerJoin(companies, eq(companies.id, withdrawals.companyId))
      .where(and(eq(companies.slug, company), eq(withdrawals.id, withdrawalId)));
    if (known.length === 0) {
      throw new NotFoundError(`withdrawal "${withdrawalId}" of ${company}`);
    }
    return await db
      .select({
        billNumber: documents.billNumber,
        contractNumber: documents.contractNumber,
        told: sql<WithdrawnRow["told"]>`case
          when ${dispatches.state} in ('accepted', 'delayed', 'delivered', 'complained')
            or ${dispatches.state} = 'batched' and ${documents.withdrawnAt} is not null then 'email'
          when ${dispatches.state} = 'paper' then 'paper'
          else 'nobody' end`,
      })
      .from(withdrawnDocuments)
      .innerJoin(companies, eq(companies.id, withdrawnDocuments.companyId))
      .innerJoin(documents, ofWithdrawn)
      .leftJoin(
        dispatches,
        and(
          eq(dispatches.companyId, documents.companyId),
          eq(dispatches.contractId, documents.contractId),
          eq(dispatches.documentId, documents.id),
        ),
      )
      .where(and(eq(companies.slug, company), eq(withdrawnDocuments.withdrawalId, withdrawalId)))
      .orderBy(documents.billNumber);
  });
}
