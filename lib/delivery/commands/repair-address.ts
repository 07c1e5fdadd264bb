import { and, eq, gt, inArray, isNull, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { accountMails, addressSuspensions, deliveryAddresses, tokens } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { CustomerActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { hashToken, mailToken } from "@/lib/auth/token";
import { fail, NotFoundError, ok, type Result } from "@/lib/errors";
import { queueAccountMail } from "@/lib/mail/account-mails";
import { listDeliveries } from "../queries";
import { CONFIRMATION_PAUSE_MINUTES, CONFIRMATIONS_PER_DAY } from "../rules";

export type RepairAddressCode = "not_suspended" | "asked_just_now" | "too_many_confirmations";

/**
 * Mails a suspended address of the account a link by which its owner confirms that it takes mail again
 * (R19): the one mail that goes there while it is suspended. As often as the limits against flooding allow.
 * @throws {NotFoundError} when the address is none of the account's
 */
export async function repairAddress(
  ctx: Context<CustomerActor>,
  { email }: { email: string },
): Promise<Result<{ email: string }, RepairAddressCode>> {
  return await inTransaction(ctx, async (tx) => {
    if (!(await isOwn(tx, email))) {
      throw new NotFoundError("address");
    }
    const suspended = await tx.db.$count(
      addressSuspensions,
      and(eq(addressSuspensions.email, email), isNull(addressSuspensions.liftedAt)),
    );
    if (suspended === 0) {
      return fail("not_suspended");
    }
    const hindrance = await askedTooOften(tx, email);
    if (hindrance) {
      return fail(hindrance);
    }
    await mailLink(tx, email);
    await recordAudit(tx, {
      action: "asked_to_repair_address",
      subjectKind: "account",
      subjectId: tx.actor.accountId,
    });
    return ok({ email });
  });
}

async function isOwn({ db, actor }: TxContext<CustomerActor>, email: string): Promise<boolean> {
  if (email === actor.email) {
    return true;
  }
  const { accountId } = actor;
  return (
    (await db.$count(
      deliveryAddresses,
      and(eq(deliveryAddresses.accountId, accountId), eq(deliveryAddresses.email, email)),
    )) > 0
  );
}

async function askedTooOften(
  { db, actor }: TxContext<CustomerActor>,
  email: string,
): Promise<RepairAddressCode | null> {
  const justNow = sql`${accountMails.createdAt} > clock_timestamp() - make_interval(mins => ${CONFIRMATION_PAUSE_MINUTES})`;
  const [asked] = await db
    .select({
      today: sql<number>`count(*)::int`,
      justNow: sql<number>`(count(*) filter (where ${accountMails.toEmail} = ${email} and ${justNow}))::int`,
    })
    .from(accountMails)
    .where(
      and(
        eq(accountMails.accountId, actor.accountId),
        inArray(accountMails.template, ["confirm-address", "repair-address"]),
        gt(accountMails.createdAt, sql`clock_timestamp() - interval '1 day'`),
      ),
    );
  if (asked && asked.justNow > 0) {
    return "asked_just_now";
  }
  return asked && asked.today >= CONFIRMATIONS_PER_DAY ? "too_many_confirmations" : null;
}

/** It speaks for the company of a contract whose bills the address would get. */
async function mailLink(tx: TxContext<CustomerActor>, email: string): Promise<void> {
  const { accountId, email: ownEmail, language } = tx.actor;
  const deliveries = await listDeliveries(tx);
  const [about] = [
    ...deliveries.filter(({ chosenEmail }) => (chosenEmail ?? ownEmail) === email),
    ...deliveries,
  ];
  if (!about) {
    throw new NotFoundError("contract");
  }
  const mailId = uuidv7();
  await tx.db.insert(tokens).values({
    id: uuidv7(),
    purpose: "confirm_address",
    tokenHash: hashToken(mailToken(mailId)),
    accountId,
    email,
    expiresAt: sql`clock_timestamp() + interval '24 hours'`,
  });
  await queueAccountMail(tx, {
    id: mailId,
    template: "repair-address",
    companyId: about.companyId,
    accountId,
    toEmail: email,
    language,
  });
}
