import { inArray, sql } from "drizzle-orm";
import { accountMails } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { mailDigests } from "@/lib/auth/token";
import { findSentMail, type SentMail } from "../sent-mails";
import { finishAccountMail } from "./settle-account-mail";
import { askPatiently, walkSentMails } from "./walk-sent-mails";

/** A mail may bear a time a little before what we noted. */
const SLACK_MS = 10 * 60_000;

export interface LostMails {
  /** Mails of that time on the provider's list. */
  asked: number;
  /** Mails about accounts that waited here, and had been sent. */
  sent: number;
  /** Mails that this database knows nothing of: bills that were to say the same take them over. */
  lost: number;
  /** The list tells all that was sent since: it was read, and goes back as far. */
  complete: boolean;
  /** From when on it tells all; null where it was not read to its end. */
  wholeFrom: Date | null;
}

/**
 * Reads the provider's list since an instant, after a restore: what it took and this database does not know is
 * written down without its address, so that nothing of it goes out again (R17). Repeatable.
 * @throws {ProviderSilentError}
 */
export async function findLostMails(
  ctx: Context<SystemActor>,
  { since }: { since: Date | null },
): Promise<LostMails> {
  const from = (since?.getTime() ?? 0) - SLACK_MS;
  const known = await knownMails(ctx, new Date(Math.max(0, from - SLACK_MS)));
  const waiting = await waitingAddresses(ctx);
  const result = { asked: 0, sent: 0, lost: 0 };
  const wholeFrom = await walkSentMails(ctx, {
    since: from,
    async each(mails) {
      result.asked += mails.length;
      const lost: SentMail[] = [];
      for (const mail of mails.filter(({ id }) => !known.has(id))) {
        const about = mail.to.some((to) => waiting.has(to)) ? await accountMailOf(ctx, mail) : null;
        if (about && (await markSent(ctx, about, mail.id))) {
          result.sent += 1;
        } else {
          lost.push(mail);
        }
      }
      result.lost += await keep(ctx, lost);
    },
  });
  return {
    ...result,
    complete: wholeFrom <= (since?.getTime() ?? 0),
    wholeFrom: Number.isFinite(wholeFrom) ? new Date(wholeFrom) : null,
  };
}

/** The provider's ids of what this database knows to be sent of that time. */
async function knownMails({ db }: Context<SystemActor>, from: Date): Promise<Set<string>> {
  const rows = await db.execute<{ id: string }>(sql`
    select provider_id as id from dispatches
    where provider_id is not null and accepted_at >= ${from.toISOString()}::timestamptz
    union all
    select provider_id from account_mails
    where provider_id is not null and sent_at >= ${from.toISOString()}::timestamptz`);
  return new Set(rows.map(({ id }) => id));
}

async function waitingAddresses({ db }: Context<SystemActor>): Promise<Set<string>> {
  const rows = await db.execute<{ email: string }>(
    sql`select distinct to_email as email from account_mails where state = 'queued'`,
  );
  return new Set(rows.map(({ email }) => email));
}

async function accountMailOf(ctx: Context<SystemActor>, { id }: SentMail): Promise<string | null> {
  return (await askPatiently(ctx, () => findSentMail(id)))?.tags.mail ?? null;
}

async function markSent(
  ctx: Context<SystemActor>,
  mailId: string,
  providerId: string,
): Promise<boolean> {
  return await inTransaction(ctx, async (tx) => {
    const [mail] = await tx.db
      .select()
      .from(accountMails)
      .where(inArray(accountMails.id, [mailId]))
      .for("update");
    if (mail?.state !== "queued") {
      return false;
    }
    await finishAccountMail(tx, mail, { providerId });
    return true;
  });
}

/** @returns how many were not written down before */
async function keep(ctx: Context<SystemActor>, lost: SentMail[]): Promise<number> {
  const rows = lost.map(({ id, to, subject, createdAt }) => ({
    id,
    digest: mailDigests(to[0] ?? "", subject)[0],
    at: createdAt.toISOString(),
  }));
  return await inTransaction(ctx, async ({ db }) => {
    const kept = await db.execute(sql`
      insert into sent_before_restore (provider_id, digest, sent_at)
      select id, digest, at from json_to_recordset(${JSON.stringify(rows)}::json)
        as r(id text, digest text, at timestamptz)
      on conflict do nothing returning provider_id`);
    return kept.length;
  });
}
