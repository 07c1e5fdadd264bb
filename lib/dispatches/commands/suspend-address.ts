import { and, eq, gt, isNull, sql } from "drizzle-orm";
import { addressSuspensions, dispatchEvents, dispatches } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
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
  { db }: TxContext<SystemActor>,
  email: string | null,
  { reason, at }: { reason: Unreachable; at: Date },
): Promise<void> {
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
  } else if (strongerReason(known.reason, reason) !== known.reason) {
    await db.update(addressSuspensions).set({ reason }).where(open);
  }
}

/**
 * R19: a bill that did not reach its mailbox goes on paper, and keeps its discount (R13). Its
 * `failure` names the strongest reason, its timeline the turn, once. The address stays on it: who was
 * written to is asked when a document is withdrawn (R21).
 */
export async function turnToPaper(
  { db, actor }: TxContext<SystemActor>,
  { companyId, contractId, documentId, id, state, failure }: Dispatch,
  reason: Unreachable,
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
