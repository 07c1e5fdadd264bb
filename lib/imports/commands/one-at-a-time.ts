import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { PgTransaction } from "drizzle-orm/pg-core";
import type { Sql } from "postgres";
import type { Database } from "@/db/client";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import type { Company } from "@/lib/companies/queries";
import type { ImportInput, ImportKind } from "../kind";

type Lock<Input extends ImportInput> = Pick<ImportKind<Input>, "name" | "lockAs" | "lockOf">;

/** What is done while the lock is held; `lost` aborts once it is not any more, and nothing further may begin. */
type Work<T> = (lost: AbortSignal) => Promise<T>;

const WAIT_MS = 300;

/**
 * Does work while no other import of the kind is under way in the company (or, for contracts, in the
 * group); waits until then.
 */
export async function oneAtATime<Input extends ImportInput, T>(
  ctx: Context<SystemActor>,
  kind: Lock<Input>,
  company: Company,
  work: Work<T>,
): Promise<T> {
  for (;;) {
    const done = await unlessBusy(ctx, kind, company, work);
    if (done !== BUSY) {
      return done;
    }
    // Whoever waits keeps no connection meanwhile: of a pooler's few the one at work needs more.
    await sleep(WAIT_MS);
  }
}

/** What is answered where another import is under way. */
export const BUSY = Symbol("another import is under way");

/**
 * The same, but does nothing while another import is under way: whoever asks has others to serve. The lock is that
 * of a transaction which does nothing else: it is free the moment its process is gone, however it went, and a pooler
 * that shares connections out by transactions leaves it its own meanwhile.
 * @throws what the work throws; {Error} if the lock's connection was lost before its end: once it has ended, since
 *   others may be at the same import by then
 */
export async function unlessBusy<Input extends ImportInput, T>(
  { db }: Context<SystemActor>,
  kind: Lock<Input>,
  company: Company,
  work: Work<T>,
): Promise<T | typeof BUSY> {
  const [name, number] = [`import ${kind.lockAs ?? kind.name}`, kind.lockOf(company)];
  if (db instanceof PgTransaction) {
    // Whoever runs tests in one transaction waits for nobody.
    await db.execute(sql`select pg_advisory_xact_lock(hashtext(${name}), ${number}::int)`);
    return await work(new AbortController().signal);
  }
  const { $client } = db as Database & { $client: Sql };
  const lost = new AbortController();
  let working: Promise<T> | undefined;
  try {
    const done = await $client.begin(async (held) => {
      // It stands still for as long as the import takes, and holds up nothing but its like.
      const [row] =
        await held`select pg_try_advisory_xact_lock(hashtext(${name}), ${number}::int) as ours,
        set_config('idle_in_transaction_session_timeout', '0', true)`;
      working = row?.ours ? work(lost.signal) : undefined;
      return working ? { value: await working } : null;
    });
    return done ? (done.value as T) : BUSY;
  } catch (error) {
    lost.abort(error);
    if (working) {
      return await working;
    }
    throw error;
  }
}

/** A signal that aborts with either. */
export const eitherOf = (one: AbortSignal, other: AbortSignal | undefined): AbortSignal =>
  other ? AbortSignal.any([one, other]) : one;
