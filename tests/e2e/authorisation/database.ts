import type { Sql } from "postgres";
import { connect } from "@/db/client";
import { readClusterFile } from "@/db/embedded/cluster-file";

/** The running demo's database, as its superuser: to make what is asked for, and to see what changed. */
export async function superuser(): Promise<{ sql: Sql; close(): Promise<void> }> {
  const cluster = await readClusterFile(process.env.SPORTELLO_DATA ?? ".sportello");
  if (!cluster) {
    throw new Error("no embedded database in SPORTELLO_DATA");
  }
  const { port, passwords } = cluster;
  return connect(`postgres://postgres:${passwords.postgres}@127.0.0.1:${port}/sportello`, {
    max: 2,
    name: "tests",
  });
}

/** What a request may move without doing anything: when a session was last seen, how often was tried, what is sealed, that a worker lives. */
const RESTLESS = ["sessions", "rate_limits", "audit_blocks", "heartbeats", "sending_mark"];

/** A digest for each table. A row written anew counts as changed even when it says the same. */
export async function digests(sql: Sql): Promise<Record<string, string>> {
  const tables = await sql<{ name: string }[]>`
    select c.oid::regclass::text as name from pg_class c
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
      and c.relname <> all(${RESTLESS})`;
  const each = tables.map(
    ({ name }) => `select '${name}' as name, count(*)::text || ':' ||
      coalesce(sum(hashtextextended(ctid::text || '/' || xmin::text, 0)), 0)::text as digest
      from ${name}`,
  );
  const rows = await sql.unsafe<{ name: string; digest: string }[]>(each.join(" union all "));
  return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
}

export const changedTables = (before: Record<string, string>, after: Record<string, string>) =>
  Object.keys(after).filter((name) => before[name] !== after[name]);

/** The digests once the worker has done what was asked of it: the same twice in a row. */
export async function quietDigests(sql: Sql): Promise<Record<string, string>> {
  const deadline = Date.now() + 30_000;
  let before = await digests(sql);
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const after = await digests(sql);
    const moved = changedTables(before, after);
    if (moved.length === 0) {
      return after;
    }
    if (Date.now() > deadline) {
      throw new Error(`the database does not come to rest: ${moved.join(", ")}`);
    }
    before = after;
  }
}

/** Waits until the worker has answered every order for a run: one that is under way keeps the next from being given. */
export async function ordersAnswered(sql: Sql): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const open = await sql`select from run_orders where finished_at is null limit 1`;
    if (open.length === 0) {
      return;
    }
    if (Date.now() > deadline) {
      throw new Error("the worker answers no order for a run");
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * Lets jobs that the clock begins wait, a few of which write every hour: that is no request's doing. They go on once
 * they are let.
 */
export async function holdClockJobs(sql: Sql): Promise<() => Promise<void>> {
  await sql.unsafe(`
    create or replace function graphile_worker.hold_clock_jobs() returns trigger language plpgsql as $$
    begin
      if new.payload::jsonb ? '_cron' then
        new.run_at = now() + interval '1 day';
      end if;
      return new;
    end $$;
    create or replace trigger hold_clock_jobs before insert on graphile_worker._private_jobs
      for each row execute function graphile_worker.hold_clock_jobs()`);
  return async () => {
    await sql.unsafe(`
      drop function if exists graphile_worker.hold_clock_jobs() cascade;
      update graphile_worker._private_jobs set run_at = now() where payload::jsonb ? '_cron'`);
  };
}
