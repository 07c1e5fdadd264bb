import { sql } from "drizzle-orm";
import { maskEmail } from "@/lib/accounts/rules";
import { recordAudit } from "@/lib/audit/commands";
import type { StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { NotFoundError } from "@/lib/errors";
import { assertMayHelpCustomers } from "../rules";

/** A customer's access, as staff may see it: no password, no whole address. */
export interface AccountSheet {
  id: string;
  email: string;
  holderName: string;
  since: Date;
  secondFactor: boolean;
  sessions: { live: number; lastSeenAt: Date | null };
  contracts: AccountContract[];
  /** A release that is not finished (R6). */
  openReleaseId: string | null;
}

interface AccountContract {
  contractId: string;
  contractNumber: string;
  companyName: string;
  billingAddress: string;
}

/**
 * A living account's access. Audited on the account (R30).
 * @throws {ForbiddenError} for a role we do not know
 * @throws {NotFoundError} if there is none, or it was deleted (R7)
 */
export async function readAccount(
  ctx: Context<StaffActor>,
  accountId: string,
): Promise<AccountSheet> {
  return await inTransaction(ctx, async (tx) => {
    assertMayHelpCustomers(tx.actor, "read an account");
    const [row] = await tx.db.execute<
      Record<string, unknown> &
        Omit<AccountSheet, "since" | "sessions"> & {
          sinceMs: number;
          live: number;
          lastSeenMs: number | null;
        }
    >(sql`
      select a.id, a.email, h.name as "holderName",
        (extract(epoch from a.created_at) * 1000)::float8 as "sinceMs",
        account_has_second_factor(a.id) as "secondFactor", seen.live, seen."lastSeenMs",
        (select r.id from contract_releases r where r.account_id = a.id and r.finished_at is null)
          as "openReleaseId",
        coalesce((
          select json_agg(json_build_object('contractId', c.id, 'contractNumber', c.contract_number,
            'companyName', co.name, 'billingAddress', c.billing_address) order by c.contract_number)
          from contract_links l
          join contracts c on c.company_id = l.company_id and c.id = l.contract_id
          join companies co on co.id = c.company_id
          where l.account_id = a.id and l.ended_at is null), '[]') as contracts
      from accounts a
      join holders h on h.id = a.holder_id
      cross join lateral (
        select count(*) filter (where s.ended_at is null and s.expires_at > clock_timestamp())::int as live,
          (extract(epoch from max(s.last_seen_at)) * 1000)::float8 as "lastSeenMs"
        from sessions s where s.account_id = a.id
      ) seen
      where a.id = ${accountId} and a.deleted_at is null`);
    if (!row) {
      throw new NotFoundError("account");
    }
    await recordAudit(tx, {
      action: "read_account",
      subjectKind: "account",
      subjectId: accountId,
    });
    const { sinceMs, live, lastSeenMs, ...sheet } = row;
    return {
      ...sheet,
      email: maskEmail(row.email),
      since: new Date(sinceMs),
      sessions: { live, lastSeenAt: lastSeenMs === null ? null : new Date(lastSeenMs) },
    };
  });
}
