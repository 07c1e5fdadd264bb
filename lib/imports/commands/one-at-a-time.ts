import { sql } from "drizzle-orm";
import { PgTransaction } from "drizzle-orm/pg-core";
import type { Sql } from "postgres";
import type { Database } from "@/db/client";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import type { Company } from "@/lib/companies/queries";
import type { ImportInput, ImportKind } from "../kind";

type Lock<Input extends ImportInput> = Pick<ImportKind<Input>, "name" | "lockAs" | "lockOf">;

/**
 * Does work while no other import of the kind is under way in the company (or, for contracts, in the
 * group). The lock is the connection's: it is free the moment its process is gone, however it went.
 */
export async function oneAtATime<Input extends ImportInput, T>(
  ctx: Context<SystemActor>,
  kind: Lock<Input>,
  company: Company,
  work: () => Promise<T>,
): Promise<T> {
  const done = await locked(ctx, kind, company, { wait: true }, work);
  if (done === BUSY) {
    throw new Error("a lock that is waited for was not had");
  }
  return done;
}

/** What is answered where another import is under way. */
export const BUSY = Symbol("another import is under way");

/** The same, but does nothing while another import is under way: whoever asks has others to serve. */
export async function unlessBusy<Input extends ImportInput, T>(
  ctx: Context<SystemActor>,
  kind: Lock<Input>,
  company: Company,
  work: () => Promise<T>,
): Promise<T | typeof BUSY> {
  return await locked(ctx, kind, company, { wait: false }, work);
}

async function locked<Input extends ImportInput, T>(
  { db }: Context<SystemActor>,
  kind: Lock<Input>,
  company: Company,
  { wait }: { wait: boolean },
  work: () => Promise<T>,
): Promise<T | typeof BUSY> {
  const [name, number] = [`import ${kind.lockAs ?? kind.name}`, kind.lockOf(company)];
  if (db instanceof PgTransaction) {
    // Whoever runs tests in one transaction waits for nobody.
    await db.execute(sql`select pg_advisory_xact_lock(hashtext(${name}), ${number}::int)`);
    return await work();
  }
  const held = await (db as Database & { $client: Sql }).$client.reserve();
  try {
    if (wait) {
      await held`select pg_advisory_lock(hashtext(${name}), ${number}::int)`;
    } else {
      const [had] = await held<{ had: boolean }[]>`
        select pg_try_advisory_lock(hashtext(${name}), ${number}::int) as had`;
      if (!had?.had) {
        return BUSY;
      }
    }
    try {
      return await work();
    } finally {
      await held`select pg_advisory_unlock(hashtext(${name}), ${number}::int)`;
    }
  } finally {
    held.release();
  }
}
