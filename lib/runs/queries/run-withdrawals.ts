import { and, desc, eq, sql } from "drizzle-orm";
import { withdrawals } from "@/db/schema";
import type { StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { requireRunReader } from "../rules";
import { getRun, type RunReference } from "./run";
import { namesOf } from "./run-sheet";

/** Bill numbers that are named of each withdrawal; the rest is counted. */
const NUMBERS_SHOWN = 20;
const WITHDRAWALS_SHOWN = 50;

export type RunWithdrawal = Awaited<ReturnType<typeof listRunWithdrawals>>[number];

/**
 * Withdrawals of a run's documents, newest first (R21).
 * @throws {ForbiddenError} for a role that may not look at runs
 * @throws {NotFoundError} if the company has no such run
 */
export async function listRunWithdrawals(ctx: Context<StaffActor>, reference: RunReference) {
  return await inTransaction(ctx, async (tx) => {
    requireRunReader(tx.actor);
    const run = await getRun(tx, reference);
    const rows = await tx.db
      .select({
        id: withdrawals.id,
        reason: withdrawals.reason,
        documents: withdrawals.documents,
        person: withdrawals.person,
        approvedBy: withdrawals.approvedBy,
        askedAt: withdrawals.askedAt,
        carriedOutAt: withdrawals.carriedOutAt,
        billNumbers: sql<string[]>`array(
          select d.bill_number from withdrawn_documents w
          join documents d on d.company_id = w.company_id and d.contract_id = w.contract_id
            and d.id = w.document_id
          where w.company_id = withdrawals.company_id and w.withdrawal_id = withdrawals.id
          order by d.bill_number limit ${NUMBERS_SHOWN})`,
      })
      .from(withdrawals)
      .where(and(eq(withdrawals.companyId, run.companyId), eq(withdrawals.runId, run.id)))
      .orderBy(desc(withdrawals.askedAt), desc(withdrawals.id))
      .limit(WITHDRAWALS_SHOWN);
    const names = await namesOf(
      tx,
      rows.flatMap(({ person, approvedBy }) => (approvedBy ? [person, approvedBy] : [person])),
    );
    const me = `staff:${tx.actor.staffId}`;
    return rows.map(({ person, approvedBy, ...row }) => ({
      ...row,
      askedBy: names.get(person) ?? person,
      mine: person === me,
      approvedBy: approvedBy ? (names.get(approvedBy) ?? approvedBy) : null,
    }));
  });
}
