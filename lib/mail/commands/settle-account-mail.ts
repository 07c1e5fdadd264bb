import { and, eq, sql } from "drizzle-orm";
import { accountMails } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { pseudonym } from "@/lib/auth/token";
import { TEST_MAIL } from "../account-mails";
import type { SendOutcome } from "../outcome";
import { endPause, pauseSending } from "./pause";
import type { TakenMail } from "./take-account-mail";

/** The longest a mail waits for its next attempt, however many it has had. */
const LONGEST_PAUSE_SECONDS = 300;

/**
 * Writes down what became of an attempt. What may have been taken is repeated for as long as the provider
 * knows its id, never afterwards (R17); whoever lost the lease writes nothing.
 * @returns whether the lease was still held
 */
export async function settleAccountMail(
  ctx: Context<SystemActor>,
  mail: TakenMail,
  outcome: SendOutcome,
): Promise<boolean> {
  return await inTransaction(ctx, async (tx) => {
    const [held] = await tx.db
      .select({ id: accountMails.id })
      .from(accountMails)
      .where(
        and(
          eq(accountMails.id, mail.id),
          eq(accountMails.state, "queued"),
          eq(accountMails.fence, mail.fence),
        ),
      )
      .for("update");
    if (!held) {
      return false;
    }
    switch (outcome.kind) {
      case "accepted":
        await finishAccountMail(tx, mail, { providerId: outcome.ids[0] ?? null });
        if (mail.probe) {
          await endPause(tx, mail.probe);
        }
        break;
      case "refused":
        await finishAccountMail(tx, mail, { failure: outcome.reason });
        break;
      case "unknown":
        await postpone(tx, mail, Math.min(2 ** mail.attempts, LONGEST_PAUSE_SECONDS), false);
        break;
      case "retry":
        await postpone(tx, mail, outcome.pauseMs / 1000, mail.firstAttempt);
        break;
      case "stopped":
      case "sender_refused":
        await postpone(tx, mail, 0, mail.firstAttempt);
        await pauseSending(tx, {
          companyId: outcome.kind === "stopped" ? null : mail.companyId,
          reason: outcome.reason,
        });
        break;
    }
    return true;
  });
}

/** A mail that was taken and not sent goes back, as if never tried if it never was. */
export async function giveBackMail(ctx: Context<SystemActor>, mail: TakenMail): Promise<void> {
  await settleAccountMail(ctx, mail, { kind: "retry", pauseMs: 0 });
}

async function postpone(
  { db }: TxContext<SystemActor>,
  { id }: TakenMail,
  afterSeconds: number,
  untried: boolean,
) {
  await db
    .update(accountMails)
    .set({
      leaseUntil: sql`clock_timestamp() + make_interval(secs => ${afterSeconds})`,
      ...(untried ? { firstAttemptAt: null } : {}),
    })
    .where(eq(accountMails.id, id));
}

interface FinishedMail {
  id: string;
  companyId: number;
  template: string;
  toEmail: string;
  accountId: string | null;
}

/** A mail's end, in the caller's transaction: the provider has it, or it will not be sent. */
export async function finishAccountMail(
  tx: TxContext<SystemActor>,
  mail: FinishedMail,
  result: { providerId: string | null } | { failure: string },
): Promise<void> {
  const sent = "providerId" in result;
  // R7: the farewell needs the address after the account is gone; and what is told of a bill to an
  // address of no account, no account's deletion would find.
  const last =
    mail.template === "account-deleted" ||
    (mail.template === "bill-withdrawn" && mail.accountId === null);
  const known = JSON.stringify({ [mail.toEmail]: pseudonym(mail.toEmail) });
  await tx.db
    .update(accountMails)
    .set({
      state: sent ? "sent" : "failed",
      sentAt: sent ? sql`clock_timestamp()` : null,
      providerId: sent ? result.providerId : null,
      failure: sent ? null : result.failure,
      leaseUntil: null,
      ...(last
        ? {
            toEmail: pseudonym(mail.toEmail),
            content: sql`without_addresses(${accountMails.content}, ${known}::jsonb)`,
          }
        : {}),
      // R7: a test shows a customer's facts and is in no archive that a deletion would find.
      ...(mail.template === TEST_MAIL ? { content: null, params: {} } : {}),
    })
    .where(and(eq(accountMails.id, mail.id), eq(accountMails.state, "queued")));
  await recordAudit(tx, {
    action: sent ? "sent_account_mail" : "failed_account_mail",
    subjectKind: "account_mail",
    subjectId: mail.id,
    companyId: mail.companyId,
    detail: { template: mail.template, ...(sent ? {} : { failure: result.failure }) },
  });
}
