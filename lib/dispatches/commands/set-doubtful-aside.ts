import { sql } from "drizzle-orm";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { sendableDispatches } from "../scope";
import { PERHAPS_SENT } from "./adopt-sent-mails";

/**
 * After a restore whose provider cannot be asked (R17): whatever waited to be sent may have been sent. Bills go to
 * the staff's worklist, who send them again or put them on paper; mails about accounts are given up.
 * @returns how many bills and mails
 */
export async function setDoubtfulAside(ctx: Context<SystemActor>): Promise<number> {
  return await inTransaction(ctx, async (tx) => {
    const mine = sendableDispatches(tx.actor) ?? sql`true`;
    const [done] = await tx.db.execute<{ bills: number; mails: number }>(sql`
      with batches as (
        update dispatch_batches set state = 'failed', failure = ${PERHAPS_SENT}, lease_until = null,
          finished_at = clock_timestamp()
        where state in ('frozen', 'quarantined') and ${mine}
      ), bills as (
        update dispatches set state = 'failed', failure = ${PERHAPS_SENT}
        where channel = 'email' and state in ('queued', 'batched') and ${mine} returning id
      ), mails as (
        update account_mails set state = 'failed', failure = ${PERHAPS_SENT}, lease_until = null
        where state = 'queued' and ${mine} returning id
      )
      select (select count(*)::int from bills) as bills, (select count(*)::int from mails) as mails`);
    const { bills, mails } = done ?? { bills: 0, mails: 0 };
    await recordAudit(tx, {
      action: "set_doubtful_aside",
      subjectKind: "installation",
      detail: { bills, mails },
    });
    return bills + mails;
  });
}
