import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { connect } from "@/db/client";
import type { ImportOptions } from "@/db/schema";
import type { DatabaseUrls } from "../setup/urls";
import type { HostileKind } from "./hostile-valid";
import { billCells, contractCells, textOf } from "./hostile-valid";
import { importInProcess } from "./import-process";

/** Every table that an import of any kind writes facts into. */
const TABLES = [
  "holders",
  "contracts",
  "mandates",
  "contract_links",
  "delivery_choices",
  "documents",
  "bill_line_sets",
  "dispatches",
  "dispatch_events",
  "load_profiles",
  "daily_consumption",
];

const COMPANY = "hostile";

/** What an import needs beside its file, kind by kind. */
export const OPTIONS: Record<HostileKind, ImportOptions> = {
  contracts: {},
  choices: { origin: "portal" },
  bills: { target: "archive" },
  "bill-lines": {},
  readings: { contractNumber: "C-1" },
};

export type HostileWorld = Awaited<ReturnType<typeof hostileWorld>>;

/** A small company with contracts and bills, whose state can be told from any other and brought back. */
export async function hostileWorld(urls: DatabaseUrls) {
  const superuser = connect(urls.superuserUrl, { max: 2 });
  const { sql } = superuser;
  const folder = await mkdtemp(path.join(tmpdir(), "sportello-hostile-"));
  await sql`insert into companies (slug, name, accent_color, vat_number, creditor_id, sender_email,
      support_phone, fault_phone, customer_code_pattern, customer_code_example, bill_number_example)
    values (${COMPANY}, 'Energia di Prova', '#0b5a68', '01234567897', 'IT60ZZZ0000001234567897',
      'bollette@energia-di-prova.example', '800 000 001', '800 000 002', '^[0-9]{9}$', '100200300',
      'B-1')`;
  await load("contracts", textOf(contractCells()));
  await load("bills", textOf(billCells(1)));
  await sql`create schema saved`;
  for (const table of TABLES) {
    await sql.unsafe(`create table saved.${table} as select * from ${table}`);
  }
  const sums = TABLES.map(
    (table) =>
      `(select count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)), 0) from ${table} t)`,
  );

  return {
    company: COMPANY,
    folder,

    /** The same for the same rows in all tables, and how many tables are left in `staging`. */
    async state(): Promise<{ digest: string; staged: number }> {
      const [found] = await sql.unsafe<{ digest: string; staged: number }[]>(
        `select concat_ws(', ', ${sums.join(", ")}) as digest, (select count(*)::int from pg_class
          where relnamespace = 'staging'::regnamespace and relkind = 'r') as staged`,
      );
      if (!found) {
        throw new Error("the database returned no row");
      }
      return found;
    },

    /** Everything is as it was when the world was made. */
    async undo(): Promise<void> {
      await sql.begin(async (tx) => {
        // Triggers would keep rows that are never deleted.
        await tx`set local session_replication_role = replica`;
        for (const table of TABLES) {
          await tx.unsafe(`delete from ${table}`);
          await tx.unsafe(`insert into ${table} select * from saved.${table}`);
        }
      });
    },

    /** What imports keep of themselves would slow down the next thousands. */
    async forgetImports(): Promise<void> {
      await sql`truncate imports cascade`;
    },

    /** After an import that was ended from outside: its statements are over, and its table is gone. */
    async clearStaging(): Promise<void> {
      await sql`select pg_terminate_backend(pid, 10000) from pg_stat_activity
        where application_name = 'hostile'`;
      const left = await sql<{ name: string }[]>`select relname as name from pg_class
        where relnamespace = 'staging'::regnamespace and relkind = 'r'`;
      for (const { name } of left) {
        await sql`drop table staging.${sql(name)}`;
      }
    },

    async close(): Promise<void> {
      await superuser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };

  async function load(kind: HostileKind, text: string): Promise<void> {
    const file = path.join(folder, `${kind}.csv`);
    await writeFile(file, text);
    await importInProcess({
      imports: [{ kind, company: COMPANY, file, options: OPTIONS[kind] }],
      workerUrl: urls.workerUrl,
      name: "hostile-world",
    });
  }
}
