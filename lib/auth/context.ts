import { sql } from "drizzle-orm";
import { PgTransaction } from "drizzle-orm/pg-core";
import type { DbOrTx, Transaction } from "@/db/client";
import { withoutParameters } from "@/lib/errors";
import type { Actor } from "./actor";

/** What every query and command takes: where to ask and on whose behalf. */
export interface Context<A extends Actor = Actor> {
  db: DbOrTx;
  actor: A;
}

/** A context inside a transaction that carries the actor's settings for row-level security. */
export interface TxContext<A extends Actor = Actor> extends Context<A> {
  db: Transaction;
}

interface TransactionOptions {
  /**
   * Prepared statements keep one plan for whatever they are asked: right for reads by keys of tables of many
   * partitions, which PostgreSQL by itself would plan anew each time.
   */
  onePlan?: boolean;
}

/**
 * Runs `work` in one transaction whose settings name the actor (R28). Inside another such
 * transaction it becomes a savepoint, so commands compose.
 */
export async function inTransaction<A extends Actor, T>(
  ctx: Context<A>,
  work: (ctx: TxContext<A>) => Promise<T>,
  { onePlan = false }: TransactionOptions = {},
): Promise<T> {
  return await ctx.db
    .transaction(async (tx) => {
      const own = { db: tx, actor: ctx.actor };
      // A transaction begins without settings; the worker's role, which acts for the system, needs none.
      return ctx.actor.kind !== "system" || ctx.db instanceof PgTransaction
        ? await named(own, onePlan, work)
        : await work(own);
    })
    .catch((error: unknown) => {
      throw withoutParameters(error);
    });
}

/**
 * The settings are not waited for, so that they travel with what `work` asks first: the connection carries statements
 * out in the order in which they come, and after one that fails no other. Where they could not be sent at all, nothing
 * that was done without them stays; either way the error is theirs.
 */
async function named<A extends Actor, T>(
  ctx: TxContext<A>,
  onePlan: boolean,
  work: (ctx: TxContext<A>) => Promise<T>,
): Promise<T> {
  const settings = ctx.db.execute(actorSettings(ctx.actor, onePlan)).then(() => {});
  const [, done] = await Promise.allSettled([settings, (async () => await work(ctx))()]);
  await settings;
  if (done.status === "rejected") {
    throw done.reason;
  }
  return done.value;
}

function actorSettings(actor: Actor, onePlan: boolean) {
  const account = actor.kind === "customer" ? actor.accountId : "";
  const holder = actor.kind === "customer" ? actor.holderId : "";
  const staff = actor.kind === "staff" ? actor.staffId : "";
  const token = actor.kind === "visitor" ? (actor.tokenHash ?? "") : "";
  return sql`select set_config('app.actor', ${actor.kind}, true),
    set_config('app.account_id', ${account}, true),
    set_config('app.holder_id', ${holder}, true),
    set_config('app.staff_id', ${staff}, true),
    set_config('app.token_hash', ${token}, true),
    set_config('plan_cache_mode', ${onePlan ? "force_generic_plan" : "auto"}, true)`;
}
