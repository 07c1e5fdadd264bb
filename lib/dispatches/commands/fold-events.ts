import { eq, type SQL, sql } from "drizzle-orm";
import { providerContact, providerEvents } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { log } from "@/lib/log";
import { foldMailEvents } from "@/lib/mail/commands/fold-mail-events";
import { foldDispatchEvents } from "./fold-dispatch-events";

/** Events that are folded in one transaction. */
const CHUNK = 500;
/** What could not be folded is looked at again after so long. */
const RETRY_MINUTES = 10;

export type ReceivedEvent = typeof providerEvents.$inferSelect;

/**
 * Folds what the provider told into the states of the mails it is about, whatever the order (R18). Several
 * at once share the work. One event that cannot be folded is put off by itself and delays no other.
 * @returns how many were folded
 */
export async function foldEvents(ctx: Context<SystemActor>, stop?: AbortSignal): Promise<number> {
  let folded = 0;
  while (!stop?.aborted) {
    const done = await foldChunk(ctx).catch(() => null);
    if (done === 0) {
      break;
    }
    folded += done ?? (await foldOneByOne(ctx));
  }
  return folded;
}

async function foldOneByOne(ctx: Context<SystemActor>): Promise<number> {
  let folded = 0;
  for (const { id } of await inTransaction(ctx, waiting)) {
    try {
      await inTransaction(ctx, async (tx) => await fold(tx, await held(tx, [id])));
      folded += 1;
    } catch (err) {
      log.error({ err, event: id }, "provider event could not be folded");
      await ctx.db
        .update(providerEvents)
        .set({ failedAt: sql`clock_timestamp()` })
        .where(eq(providerEvents.id, id));
    }
  }
  return folded;
}

async function foldChunk(ctx: Context<SystemActor>): Promise<number> {
  return await inTransaction(ctx, async (tx) => {
    const events = await waiting(tx);
    await fold(tx, events);
    return events.length;
  });
}

const DUE = sql`(${providerEvents.failedAt} is null
  or ${providerEvents.failedAt} < clock_timestamp() - make_interval(mins => ${RETRY_MINUTES}))`;

/** One text however many: it is prepared. */
const isOneOf = (ids: string[]): SQL =>
  sql`${providerEvents.id} in (select json_array_elements_text(${JSON.stringify(ids)}::json))`;

async function waiting({ db }: TxContext<SystemActor>): Promise<ReceivedEvent[]> {
  return await db
    .select()
    .from(providerEvents)
    .where(DUE)
    .orderBy(providerEvents.receivedAt)
    .limit(CHUNK)
    .for("update", { skipLocked: true });
}

async function held({ db }: TxContext<SystemActor>, ids: string[]): Promise<ReceivedEvent[]> {
  return await db
    .select()
    .from(providerEvents)
    .where(isOneOf(ids))
    .for("update", { skipLocked: true });
}

async function fold(tx: TxContext<SystemActor>, events: ReceivedEvent[]): Promise<void> {
  if (events.length === 0) {
    return;
  }
  await foldDispatchEvents(tx, events);
  await foldMailEvents(tx, events);
  await tx.db.delete(providerEvents).where(isOneOf(events.map(({ id }) => id)));
  await tx.db
    .update(providerContact)
    .set({ lastEventAt: sql`clock_timestamp()`, unansweredSince: null });
}
