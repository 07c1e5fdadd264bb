import { sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { withdrawals } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { findCompany } from "@/lib/companies/queries";
import { fail, NotFoundError, ok, type Result } from "@/lib/errors";
import { getRun } from "@/lib/runs/queries/run";
import { personOf, type RunActor, requireRunOperator } from "@/lib/runs/rules";
import { type AskedBill, findAskedBills } from "../queries/withdrawals";
import { carryOutWithdrawal, oneAtATime } from "./carry-out-withdrawal";

export interface Withdrawal {
  withdrawalId: string;
  documents: number;
  /** False while it waits for a second person. */
  carriedOut: boolean;
  /** How many are told by e-mail that the bill they were told of is withdrawn. */
  told: number;
}

export type WithdrawFailure =
  | "reason_missing"
  | "reason_too_long"
  | "no_bills"
  | "unknown_bill"
  | "not_published"
  | "already_withdrawn";

/** The longest reason: customers read it. */
const REASON_MAX = 500;

/**
 * Takes wrong documents back, by bill number, of one run or wherever they are (R21): at once where
 * they are few, else once another person approves it; what one person takes back alone within a day
 * counts together, since many in small portions are many. All of them or none. Those of a closed run
 * too: a wrong bill must not stand because it was found late.
 * @throws {NotFoundError} if there is no such company or run
 * @throws {ForbiddenError} for a role that may not change runs
 */
export async function withdrawDocuments(
  ctx: Context<RunActor>,
  input: { company: string; run?: string; billNumbers: string[]; reason: string },
): Promise<Result<Withdrawal, WithdrawFailure>> {
  requireRunOperator(ctx.actor);
  const reason = input.reason.replace(/\s+/g, " ").trim();
  if (reason === "") {
    return fail("reason_missing");
  }
  if (reason.length > REASON_MAX) {
    return fail("reason_too_long");
  }
  return await inTransaction(ctx, async (tx) => {
    const company = await findCompany(tx.db, input.company);
    if (!company) {
      throw new NotFoundError(`company "${input.company}"`);
    }
    await oneAtATime(tx, company.slug);
    const run = input.run ? await getRun(tx, { company: company.slug, run: input.run }) : null;
    const bills = await findAskedBills(tx, {
      companyId: company.id,
      runId: run?.id,
      billNumbers: input.billNumbers.map((number) => number.trim()).filter(Boolean),
    });
    const refused = refusalOf(bills);
    if (refused) {
      return fail(refused);
    }
    const id = uuidv7();
    const runIds = new Set(bills.map(({ runId }) => runId));
    await tx.db.insert(withdrawals).values({
      companyId: company.id,
      id,
      runId: runIds.size === 1 ? (bills[0]?.runId ?? null) : null,
      reason,
      documents: bills.length,
      person: personOf(tx.actor),
    });
    const ids = bills.map(({ contractId, documentId }) => ({ contractId, documentId }));
    await tx.db.execute(sql`insert into withdrawn_documents
        (company_id, contract_id, document_id, withdrawal_id)
      select ${company.id}::smallint, "contractId", "documentId", ${id}::uuid
      from json_to_recordset(${JSON.stringify(ids)}::json) as bill("contractId" uuid, "documentId" uuid)`);
    await recordAudit(tx, {
      action: "asked_for_withdrawal",
      companyId: company.id,
      subjectKind: "withdrawal",
      subjectId: id,
      detail: { documents: bills.length, reason, ...(run ? { run: run.name } : {}) },
    });
    const together = bills.length + (await takenBackAlone(tx, company.id));
    if (together > company.withdrawAbove) {
      return ok({ withdrawalId: id, documents: bills.length, carriedOut: false, told: 0 });
    }
    const done = await carryOutWithdrawal(tx, { companyId: company.id, withdrawalId: id });
    return ok({ withdrawalId: id, ...done, carriedOut: true });
  });
}

/** How many documents of the company the actor took back today without a second person. */
async function takenBackAlone(tx: TxContext<RunActor>, companyId: number): Promise<number> {
  const [alone] = await tx.db.execute<{ documents: number }>(sql`
    select coalesce(sum(documents), 0)::int as documents from withdrawals
    where company_id = ${companyId} and person = ${personOf(tx.actor)} and approved_by is null
      and carried_out_at > clock_timestamp() - interval '1 day'`);
  return alone?.documents ?? 0;
}

function refusalOf(bills: AskedBill[]): WithdrawFailure | null {
  const some = (state: AskedBill["state"]) => bills.some((bill) => bill.state === state);
  if (bills.length === 0) {
    return "no_bills";
  }
  if (some("unknown")) {
    return "unknown_bill";
  }
  if (some("withdrawn")) {
    return "already_withdrawn";
  }
  return some("not_published") ? "not_published" : null;
}
