import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import postgres from "postgres";
import type { TestProject } from "vitest/node";
import { startEmbedded } from "@/db/embedded/launcher";
import { migrate } from "@/db/migrate";
import { makeTestPrograms } from "./test-programs";
import { databaseUrls } from "./urls";

/** One embedded PostgreSQL for the run, with a migrated template that tests clone. */
export default async function setup(project: TestProject) {
  const embedded = await startEmbedded(
    process.env.SPORTELLO_TEST_DATA || ".sportello-test/vitest",
    {
      throwAway: true,
    },
  );
  const admin = postgres(embedded.superuserUrl, { max: 1, onnotice: () => {} });
  await admin.unsafe("drop database if exists template_sportello with (force)");
  for (const {
    datname,
  } of await admin`select datname from pg_database where datname like 'clone\\_%'`) {
    await admin.unsafe(`drop database if exists "${datname}" with (force)`);
  }
  await admin.unsafe("create database template_sportello owner sportello_owner");
  await admin.end();
  const { ownerUrl } = databaseUrls(embedded, "template_sportello");
  await migrate(ownerUrl);
  project.provide("columns", await columnsIn(ownerUrl));
  project.provide("postgres", {
    ownerUrl: embedded.ownerUrl,
    webUrl: embedded.webUrl,
    workerUrl: embedded.workerUrl,
    superuserUrl: embedded.superuserUrl,
  });
  project.provide(
    "commandLine",
    path.join(await makeTestPrograms(".sportello-test/programs"), "sportello.js"),
  );
  // What tests write to the temporary folder goes with the run.
  const files = await mkdtemp(path.join(tmpdir(), "sportello-test-"));
  process.env.TMPDIR = files;
  return async () => {
    await embedded.release();
    await rm(files, { recursive: true, force: true });
  };
}

/** The columns of every table and view, by its name. */
async function columnsIn(url: string): Promise<Record<string, string[]>> {
  const owner = postgres(url, { max: 1 });
  const tables = await owner<{ table: string; columns: string[] }[]>`
    select c.relname as table, array_agg(a.attname::text) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')
      and not c.relispartition and not a.attisdropped
    group by c.relname`;
  await owner.end();
  return Object.fromEntries(tables.map(({ table, columns }) => [table, columns]));
}

declare module "vitest" {
  export interface ProvidedContext {
    /** The compiled command line's path. */
    commandLine: string;
    columns: Record<string, string[]>;
    postgres: { ownerUrl: string; webUrl: string; workerUrl: string; superuserUrl: string };
  }
}
