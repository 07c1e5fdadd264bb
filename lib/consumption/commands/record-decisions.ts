import { and, inArray, isNull, sql } from "drizzle-orm";
import { accounts, type SELF_READING_REFUSALS } from "@/db/schema";
import { recordAudits } from "@/lib/audit/commands";
import { actorId, type StaffActor, type SystemActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
import { queueAccountMails } from "@/lib/mail/account-mails";

/** What was decided of a self-reading, by its receipt; `refusal` where it was refused. */
export interface Decision {
  code: string;
  state: "accepted" | "refused";
  refusal: (typeof SELF_READING_REFUSALS)[number] | null;
}

interface Decided extends Record<string, unknown> {
  receiptCode: string;
  state: "accepted" | "refused";
  refusal: string | null;
  companyId: number;
  contractId: string;
  contractNumber: string;
  readOn: string;
  accountId: string;
}

/** Rows of the audit log in one statement. */
const CHUNK = 1_000;

/**
 * Decides those that wait, in the caller's transaction, each with a row of the audit log (R30) and a mail. Whoever
 * told it and has no account any more is not written to (R7).
 * @returns how many were decided: of two at once, one
 */
export async function recordDecisions(
  tx: TxContext<StaffActor | SystemActor>,
  decisions: Decision[],
): Promise<number> {
  const decided = await tx.db.execute<Decided>(sql`
    update self_readings r set state = d.state, refusal = d.refusal,
      decided_at = clock_timestamp(), decided_by = ${actorId(tx.actor)}
    from json_to_recordset(${JSON.stringify(decisions)}::json) as d (code text, state text, refusal text)
    where r.receipt_code = d.code and r.state = 'submitted'
    returning r.receipt_code as "receiptCode", r.state, r.refusal, r.company_id as "companyId",
      r.contract_id as "contractId", r.contract_number as "contractNumber", r.read_on::text as "readOn",
      r.account_id as "accountId"`);
  await tellReaders(tx, decided);
  const entries = decided.map(({ receiptCode, state, refusal, companyId, contractId }) => ({
    action: `${state}_self_reading`,
    ...{ subjectKind: "contract", subjectId: contractId, companyId },
    detail: { receiptCode, refusal },
  }));
  for (let from = 0; from < entries.length; from += CHUNK) {
    await recordAudits(tx, entries.slice(from, from + CHUNK));
  }
  return decided.length;
}

async function tellReaders(
  tx: TxContext<StaffActor | SystemActor>,
  decided: Decided[],
): Promise<void> {
  if (decided.length === 0) {
    return;
  }
  const receipts = decided.map(({ receiptCode }) => receiptCode);
  await tx.db.execute(sql`select hold_readers(${sql.param(receipts)}::text[])`);
  const living = await tx.db
    .select({ id: accounts.id, email: accounts.email, language: accounts.language })
    .from(accounts)
    .where(
      and(
        inArray(accounts.id, [...new Set(decided.map(({ accountId }) => accountId))]),
        isNull(accounts.deletedAt),
      ),
    );
  const byId = new Map(living.map((account) => [account.id, account]));
  await queueAccountMails(
    tx,
    decided.flatMap(
      ({ state, companyId, contractNumber, readOn, receiptCode, refusal, accountId }) => {
        const account = byId.get(accountId);
        return account
          ? [
              {
                template: `self-reading-${state}` as const,
                ...{ companyId, accountId, toEmail: account.email, language: account.language },
                params: { contractNumber, readOn, receiptCode, why: refusal ?? "" },
              },
            ]
          : [];
      },
    ),
  );
}
