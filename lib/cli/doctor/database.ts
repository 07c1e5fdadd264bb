import type { Sql } from "postgres";
import { KNOWN_MIGRATIONS } from "@/db/known-migrations";
import { counted } from "../counted";
import { bad, type Finding, good, warn } from "./finding";

/** More than this between our clock and the database's, and links or sessions end at odd times. */
const CLOCK_TOLERANCE_MS = 5_000;
/** A job that waits longer means that no worker is at work. */
const JOB_AGE_WARN_S = 300;

/** PostgreSQL itself: its version and its clock. Throws if it cannot be reached. */
export async function checkServer(worker: Sql): Promise<Finding[]> {
  const before = Date.now();
  const [row] = await worker<{ version: number; clock: number }[]>`
    select current_setting('server_version_num')::int as version,
      (extract(epoch from clock_timestamp()) * 1000)::float8 as clock`;
  const middle = (before + Date.now()) / 2;
  const version = row?.version ?? 0;
  const difference = Math.round(Math.abs((row?.clock ?? 0) - middle));
  return [
    version >= 180_000
      ? good("database", `PostgreSQL ${Math.floor(version / 10_000)}.${version % 10_000} answers`)
      : bad(
          "database",
          `PostgreSQL ${Math.floor(version / 10_000)} is too old; install 18 or later`,
        ),
    difference < CLOCK_TOLERANCE_MS
      ? good("clock", `this machine and the database differ by ${difference} ms`)
      : bad("clock", `this machine and the database differ by ${difference} ms; set both by NTP`),
  ];
}

/** A commit that the database answers is kept, also when it crashes: without it R17 cannot hold. */
export async function checkDurability(worker: Sql): Promise<Finding> {
  const off = await worker<{ name: string }[]>`
    select name from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes')
      and setting = 'off' order by name`;
  return off.length === 0
    ? good("durability", "what is committed survives a crash")
    : warn(
        "durability",
        `${off.map(({ name }) => name).join(", ")} off: after a crash bills may be sent twice; set to on`,
      );
}

/** The server's log is archived, so that a restore comes close to the last moment. Only a warning: others keep backups too. */
export async function checkArchiving(worker: Sql): Promise<Finding> {
  const [row] = await worker<
    { mode: string; failed: boolean; archived: number | null; lost: string | null }[]
  >`
    select current_setting('archive_mode') as mode,
      coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) as failed,
      extract(epoch from now() - last_archived_time)::int as archived, last_failed_wal as lost
    from pg_stat_archiver`;
  if (row?.mode === "off") {
    return warn(
      "backup",
      "this PostgreSQL does not archive its log: a restore loses all that came since the last backup; set archive_mode and archive_command, unless whoever runs the database keeps its backups",
    );
  }
  if (row?.failed) {
    return bad(
      "backup",
      `the log cannot be archived (${row.lost}): see PostgreSQL's log and the archive's disk`,
    );
  }
  return row?.archived == null
    ? warn(
        "backup",
        "the log is to be archived, and nothing was yet: wait, or look at archive_command",
      )
    : good("backup", `the log was last archived ${row.archived} s ago`);
}

/** Every migration of this version is applied, and none that it cannot work with. */
export async function checkMigrations(worker: Sql): Promise<Finding> {
  const [known] = await worker`select to_regclass('drizzle.__drizzle_migrations') as found`;
  if (!known?.found) {
    return bad("migrations", 'none is applied; run "sportello migrate"');
  }
  const applied = await worker<{ created_at: string }[]>`
    select created_at::text from drizzle.__drizzle_migrations`;
  const done = new Set(applied.map((row) => Number(row.created_at)));
  const missing = KNOWN_MIGRATIONS.filter(({ when }) => !done.has(when)).map(({ tag }) => tag);
  if (missing.length > 0) {
    return bad("migrations", `not applied: ${missing.join(", ")}; run "sportello migrate"`);
  }
  const newer = done.size - KNOWN_MIGRATIONS.length;
  if (newer > 0) {
    const [row] = await worker<{ oldest: number }[]>`select oldest_schema_served() as oldest`;
    return (row?.oldest ?? 0) > KNOWN_MIGRATIONS.length
      ? bad(
          "migrations",
          `the database is ${newer} ahead and no longer serves this version; deploy the newer one`,
        )
      : warn(
          "migrations",
          `the database is ${newer} ahead of this version, which it still serves; deploy the newer one`,
        );
  }
  return good("migrations", `all ${KNOWN_MIGRATIONS.length} are applied`);
}

interface Role {
  name: string;
  superuser: boolean;
  bypasses: boolean;
  member: boolean;
  owned: number;
}

/** A role that must own nothing and be bound by row-level security (R28). */
export async function checkRole(sql: Sql, group: "sportello_web" | "sportello_worker") {
  const [role] = await sql<Role[]>`
    select r.rolname as name, r.rolsuper as superuser, r.rolbypassrls as bypasses,
      pg_has_role(r.oid, ${group}, 'member') as member,
      (select count(*)::int from pg_class c where c.relnamespace = 'public'::regnamespace
        and pg_has_role(r.oid, c.relowner, 'usage')) as owned
    from pg_roles r where r.rolname = current_user`;
  const name = group === "sportello_web" ? "web role" : "worker role";
  const variable = group === "sportello_web" ? "DATABASE_URL" : "DATABASE_WORKER_URL";
  const faults = [
    role?.superuser ? "is a superuser" : "",
    role?.bypasses ? "bypasses row-level security" : "",
    role && role.owned > 0
      ? `owns ${counted(role.owned, "table or index", "tables and indexes")}`
      : "",
    role?.member ? "" : `is no member of ${group}`,
  ].filter(Boolean);
  return faults.length === 0
    ? good(name, `${role?.name} owns nothing and is bound by row-level security`)
    : bad(name, `${role?.name} ${faults.join(" and ")}; give ${variable} a user of its own`);
}

/** Row-level security is on and forced wherever a row belongs to somebody (R28). */
export async function checkRowSecurity(worker: Sql): Promise<Finding> {
  const open = await worker<{ name: string }[]>`
    select c.relname as name from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and exists (select from pg_attribute a where a.attrelid = c.oid
        and a.attname in ('contract_id', 'account_id') and not a.attisdropped)
      and not (c.relrowsecurity and c.relforcerowsecurity)
      -- A partition is reached through its parent; alone it must be closed to the web role.
      and (not c.relispartition or has_table_privilege('sportello_web', c.oid, 'select'))
    order by 1`;
  return open.length === 0
    ? good("row-level security", "on and forced on every table of a contract or account")
    : bad(
        "row-level security",
        `missing on ${open.map(({ name }) => name).join(", ")}; run "sportello migrate"`,
      );
}

/** Imports stage their file in a table of their own. */
export async function checkStaging(worker: Sql): Promise<Finding> {
  const [row] = await worker`
    select has_schema_privilege(oid, 'usage') and has_schema_privilege(oid, 'create') as allowed
    from pg_namespace where nspname = 'staging'`;
  return row?.allowed
    ? good("imports", "the worker role may make tables in the schema staging")
    : bad(
        "imports",
        'run "sportello migrate", and as owner GRANT USAGE, CREATE ON SCHEMA staging TO sportello_worker',
      );
}

/** The job queue can be reached, and somebody works it. */
export async function checkQueue(worker: Sql): Promise<Finding> {
  const [row] = await worker<{ age: number | null; stuck: number }[]>`
    select extract(epoch from now() - min(run_at) filter (
        where run_at <= now() and attempts < max_attempts))::int as age,
      (count(*) filter (where attempts >= max_attempts))::int as stuck
    from graphile_worker.jobs`;
  const { age, stuck } = row ?? { age: null, stuck: 0 };
  if (stuck > 0) {
    return warn(
      "queue",
      `${counted(stuck, "job")} gave up after all attempts; see the worker's log`,
    );
  }
  if (age !== null && age > JOB_AGE_WARN_S) {
    return warn("queue", `the oldest job waits since ${age} s; is "npm run worker" running?`);
  }
  return good("queue", age === null ? "nothing waits" : `the oldest job waits since ${age} s`);
}
