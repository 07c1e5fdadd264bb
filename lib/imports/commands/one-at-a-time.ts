import { sql } from "drizzle-orm";
import { PgTransaction } from "drizzle-orm/pg-core";
import type { Sql } from "postgres";
import type { Database } from "@/db/client";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import type { Company } from "@/lib/companies/queries";
import type { ImportInput, ImportKind } from "../kind";

/**
 * Does work while no other import of the kind is under way in the company (or, for contracts, in the
 * group). The lock is the connection's: it is free the moment its process is gone, however it went.
 */
export async function oneAtATime<Input extends ImportInput, T>(
  { db }: Context<SystemActor>,
  kind: Pick<ImportKind<Input>, "name" | "lockAs" | "lockOf">,
  company: Company,
  work: () => Promise<T>,
): Promise<T> {
  const [name, number] = [`import ${kind.lockAs ?? kind.name}`, kind.lockOf(company)];
  if (db instanceof PgTransaction) {
    await db.execute(sql`select pg_advisory_xact_lock(hashtext(${name}), ${number}::int)`);
    return await work();
  }
  const held = await (db as Database & { $client: Sql }).$client.reserve();
  try {
    await held`select pg_advisory_lock(hashtext(${name}), ${number}::int)`;
    try {
      return await work();
    } finally {
      await held`select pg_advisory_unlock(hashtext(${name}), ${number}::int)`;
    }
  } finally {
    held.release();
  }
}
