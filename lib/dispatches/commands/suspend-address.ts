import { and, eq, gt, isNull, sql } from "drizzle-orm";
import { addressSuspensions, dispatchEvents, dispatches } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
import type { Language } from "@/lib/i18n/languages";
import { queueAccountMails } from "@/lib/mail/account-mails";
import { strongerReason, type Unreachable } from "../rules";
import { sendableDispatches } from "../scope";

type Dispatch = Pick<
  typeof dispatches.$inferSelect,
  "companyId" | "contractId" | "documentId" | "id" | "state" | "failure"
>;

/**
 * R19: no contract writes to this address any more, in the caller's transaction. One suspension is
 * open for an address at a time; of two reasons the stronger stands, whichever came first. What
 * happened before its owner confirmed it again says nothing new, and a deleted account's pseudonym
 * is nobody's address (R7).
 */
export async function suspendAddress(
  tx: TxContext<SystemActor>,
  email: string | null,
  { reason, at }: { reason: Unreachable; at: Date },
): Promise<void> {
  const { db } = tx;
  if (!email?.includes("@")) {
    return;
  }
  // Two bills to one address may come back at once.
  await db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`suspend ${email}`}, 0))`);
  const lifted = await db.$count(
    addressSuspensions,
    and(eq(addressSuspensions.email, email), gt(addressSuspensions.liftedAt, at)),
  );
  if (lifted > 0) {
    return;
  }
  const open = and(eq(addressSuspensions.email, email), isNull(addressSuspensions.liftedAt));
  const [known] = await db
    .select({ reason: addressSuspensions.reason })
    .from(addressSuspensions)
    .where(open);
  if (!known) {
    await db.insert(addressSuspensions).values({ email, reason });
    await tellAccounts(tx, email, reason);
  } else if (strongerReason(known.reason, reason) !== known.reason) {
    await db.update(addressSuspensions).set({ reason }).where(open);
  }
}

/**
 * R19: an account that has its bills sent to the suspended address learns of it at its own, if that is
 * another one that can be written to; else the portal's banner and the paper itself tell it.
 */
async function tellAccounts(tx: TxContext<SystemActor>, email: string, reason: Unreachable) {
  const readers = await tx.db.execute<{
    accountId: string;
    companyId: number;
    toEmail: string;
    language: Language;
  }>(sql`
    select a.id as "accountId", linked.company_id as "companyId", a.email as "toEmail", a.language
    from delivery_addresses da
    join accounts a on a.id = da.account_id and a.deleted_at is null and a.email <> da.email
    cross join lateral (
      select l.company_id from contract_links l
      where l.account_id = a.id and l.ended_at is null order by l.company_id limit 1
    ) linked
    where da.email = ${email} and da.confirmed_at is not null
      and not exists (select from address_suspensions s where s.email = a.email and s.lifted_at is null)
    order by a.id
    for key share of a`);
  await queueAccountMails(
    tx,
    readers.map((reader) => ({
      ...reader,
      template: "address-suspended",
      params: { email, reason },
    })),
  );
}

/**
 * R19: a bill that did not reach its mailbox goes on paper, and keeps its discount (R13). Its
 * `failure` names the strongest reason, its timeline the turn, once. The address stays on it: who was
 * written to is asked when a document is withdrawn (R21).
 */
export async function turnToPaper(
  { db, actor }: TxContext<SystemActor>,
  { companyId, contractId, documentId, id, state, failure }: Dispatch,
  reason: Unreachable | "staff",
): Promise<void> {
  if (state === "paper" && failure === reason) {
    return;
  }
  await db
    .update(dispatches)
    .set({ channel: "paper", state: "paper", failure: reason })
    .where(
      and(sendableDispatches(actor), eq(dispatches.companyId, companyId), eq(dispatches.id, id)),
    );
  if (state !== "paper") {
    await db.insert(dispatchEvents).values({
      companyId,
      contractId,
      documentId,
      type: "turned_to_paper",
      occurredAt: sql`clock_timestamp()`,
      detail: { reason },
    });
  }
}
