import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate as migrateTables } from "drizzle-orm/postgres-js/migrator";
import { Logger, runMigrations as migrateJobs } from "graphile-worker";
import postgres from "postgres";
import { MigrationRefusal } from "./migration-refusal";

const FOLDER = fileURLToPath(new URL("./migrations", import.meta.url));
/** Any fixed number: two machines that start at once migrate one after the other. */
const LOCK = 7_304_114;

/**
 * Brings a database to this version's schema; nothing if it is there. Runs as the owner.
 * @throws {MigrationRefusal} if a role is missing, or the server or database is none that Sportello can use
 */
export async function migrate(ownerUrl: string): Promise<void> {
  const sql = postgres(ownerUrl, { max: 1, connect_timeout: 5, onnotice: () => {} });
  try {
    await sql`select pg_advisory_lock(${LOCK})`;
    const [server] = await sql`select current_setting('server_version_num')::int as version,
      current_setting('server_encoding') as encoding`;
    if (server?.version < 180000) {
      throw new MigrationRefusal(
        `This is PostgreSQL ${Math.floor(server?.version / 10_000)}, and Sportello needs 18 or later; nothing was changed.`,
      );
    }
    if (server?.encoding !== "UTF8") {
      throw new MigrationRefusal(
        `The database's encoding is ${server?.encoding}; make it anew with ENCODING 'UTF8' TEMPLATE template0.`,
      );
    }
    await ensureRoles(sql);
    await migrateJobs({ connectionString: ownerUrl, logger: new Logger(() => () => {}) });
    await grantJobs(sql);
    await migrateTables(drizzle(sql), { migrationsFolder: FOLDER });
    // Whoever serves or works compares what was applied (known-migrations.ts).
    await sql.unsafe(`grant usage on schema drizzle to sportello_web, sportello_worker;
      grant select on drizzle.__drizzle_migrations to sportello_web, sportello_worker`);
    await sql`select pg_advisory_unlock(${LOCK})`;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function ensureRoles(sql: postgres.Sql): Promise<void> {
  for (const role of ["sportello_web", "sportello_worker"]) {
    const [known] = await sql`select from pg_roles where rolname = ${role}`;
    if (!known) {
      await sql.unsafe(`create role ${role} nologin`).catch((cause: unknown) => {
        throw new MigrationRefusal(
          `The role ${role} is missing and the owner may not make it: run CREATE ROLE ${role}.`,
          { cause },
        );
      });
    }
  }
}

/** The worker role works the queue; the web role reaches it by enqueue_job() only. */
async function grantJobs(sql: postgres.Sql): Promise<void> {
  await sql.unsafe(`
    grant usage on schema graphile_worker to sportello_worker;
    grant select, insert, update, delete on all tables in schema graphile_worker to sportello_worker;
    grant usage on all sequences in schema graphile_worker to sportello_worker;
    grant execute on all functions in schema graphile_worker to sportello_worker`);
  const tables = await sql`
    select relname from pg_class c
    where relnamespace = 'graphile_worker'::regnamespace and relrowsecurity
      and not exists (select from pg_policy where polrelid = c.oid and polname = 'sportello_worker')`;
  for (const { relname } of tables) {
    await sql.unsafe(
      `create policy sportello_worker on graphile_worker.${relname} to sportello_worker using (true) with check (true)`,
    );
  }
}
