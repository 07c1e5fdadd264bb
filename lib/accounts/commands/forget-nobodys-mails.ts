import { and, asc, isNull, like, sql } from "drizzle-orm";
import { accountMails } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { pseudonym } from "@/lib/auth/token";
import { MAIL_OF_NOBODY_KEPT_DAYS } from "../rules";
import { expiredSecrets } from "../scope";

/** Mails taken in one statement. */
const CHUNK = 500;

/**
 * R7: a mail of no account, such as the answer to a registration, is in nobody's archive and found by no
 * deletion. After 90 days its address gives way to a pseudonym and its words and facts go; what was never
 * sent by then is not sent any more. The row stays for the provider's events about it. Repeatable.
 * @returns how many mails forgot their address
 */
export async function forgetAddressesOfNobody(ctx: Context<SystemActor>): Promise<number> {
  let forgotten = 0;
  for (;;) {
    const chunk = await inTransaction(ctx, async ({ db, actor }) => {
      const old = await db
        .select({ id: accountMails.id, toEmail: accountMails.toEmail })
        .from(accountMails)
        .where(
          and(
            expiredSecrets(actor),
            isNull(accountMails.accountId),
            like(accountMails.toEmail, "%@%"),
            sql`${accountMails.createdAt} < clock_timestamp()
              - make_interval(days => ${MAIL_OF_NOBODY_KEPT_DAYS})`,
          ),
        )
        .orderBy(asc(accountMails.createdAt))
        .limit(CHUNK)
        .for("update");
      const rows = old.map(({ id, toEmail }) => ({ id, pseudonym: pseudonym(toEmail) }));
      await db.execute(sql`
        update account_mails m set to_email = r.pseudonym, params = '{}', content = null,
          state = case m.state when 'queued' then 'failed' else m.state end,
          failure = case m.state when 'queued' then 'too_old' else m.failure end
        from json_to_recordset(${JSON.stringify(rows)}::json) as r(id uuid, pseudonym text)
        where m.id = r.id`);
      return rows.length;
    });
    forgotten += chunk;
    if (chunk < CHUNK) {
      return forgotten;
    }
  }
}
