import { and, eq, gt, isNull, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { accountMails, deliveryAddresses, tokens } from "@/db/schema";
import { mailedToken } from "@/lib/accounts/scope";
import { recordAudit } from "@/lib/audit/commands";
import type { CustomerActor, VisitorActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { hashToken, mailToken } from "@/lib/auth/token";
import { fail, ok, type Result } from "@/lib/errors";
import { queueAccountMail } from "@/lib/mail/account-mails";
import { CONFIRMATION_PAUSE_MINUTES, CONFIRMATIONS_PER_DAY, namedContracts } from "../rules";

/** Makes an address the account's: confirmed, waiting for an answer, to be asked, or refused. */
export async function claimAddress(
  { db, actor }: TxContext<CustomerActor>,
  email: string,
): Promise<"confirmed" | "asked" | "to_ask" | "refused"> {
  const { accountId } = actor;
  const [known] = await db
    .select({ confirmedAt: deliveryAddresses.confirmedAt })
    .from(deliveryAddresses)
    .where(and(eq(deliveryAddresses.accountId, accountId), eq(deliveryAddresses.email, email)));
  if (known?.confirmedAt) {
    return "confirmed";
  }
  const pause = sql`clock_timestamp() - make_interval(mins => ${CONFIRMATION_PAUSE_MINUTES})`;
  const [asked] = await db
    .select({
      today: sql<number>`count(*)::int`,
      justNow: sql<number>`(count(*) filter (where ${accountMails.toEmail} = ${email}
        and ${accountMails.createdAt} > ${pause}))::int`,
    })
    .from(accountMails)
    .where(
      and(
        eq(accountMails.accountId, accountId),
        eq(accountMails.template, "confirm-address"),
        gt(accountMails.createdAt, sql`clock_timestamp() - interval '1 day'`),
      ),
    );
  const waiting = known !== undefined && asked !== undefined && asked.justNow > 0;
  if (!waiting && asked && asked.today >= CONFIRMATIONS_PER_DAY) {
    return "refused";
  }
  await db.insert(deliveryAddresses).values({ accountId, email }).onConflictDoNothing();
  return waiting ? "asked" : "to_ask";
}

/**
 * Mails the address a link whose token only its owner gets to see (R8); good for 24 hours. It
 * speaks for the first contract's company and names them all.
 */
export async function askToConfirm(
  tx: TxContext<CustomerActor>,
  contracts: { companyId: number; contractNumber: string }[],
  email: string,
) {
  const { accountId, language } = tx.actor;
  const [first] = contracts;
  if (!first) {
    return;
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
    template: "confirm-address",
    companyId: first.companyId,
    accountId,
    toEmail: email,
    language,
    params: namedContracts(contracts.map(({ contractNumber }) => contractNumber)),
  });
}

/**
 * Confirms the address that the visitor's token was mailed to (R8): one that was suspended takes mail again
 * from the next freeze on (R19). The token is spent by it.
 * Unknown, spent and expired tokens all answer `link_invalid`.
 */
export async function confirmAddress(
  ctx: Context<VisitorActor>,
): Promise<Result<{ email: string }, "link_invalid">> {
  return await inTransaction(ctx, async (tx) => {
    const { db, actor } = tx;
    const unspent = and(
      mailedToken(actor),
      eq(tokens.purpose, "confirm_address"),
      isNull(tokens.usedAt),
    );
    // Held first and spent last: what it allows, the database allows only while it is not spent.
    const [token] = await db
      .select({ accountId: tokens.accountId, email: tokens.email })
      .from(tokens)
      .where(and(unspent, sql`${tokens.expiresAt} > clock_timestamp()`))
      .for("update");
    if (!token?.accountId || !token.email) {
      return fail("link_invalid");
    }
    const [confirmed] = await db.execute<{ own: boolean }>(
      sql`select confirm_token_address() as own`,
    );
    await db.update(tokens).set({ usedAt: sql`clock_timestamp()` }).where(unspent);
    if (!confirmed?.own) {
      return fail("link_invalid");
    }
    await recordAudit(tx, {
      action: "confirmed_address",
      subjectKind: "account",
      subjectId: token.accountId,
    });
    return ok({ email: token.email });
  });
}
