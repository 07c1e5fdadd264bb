import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import * as schema from "@/db/schema";
import type { CustomerActor } from "@/lib/auth/actor";
import { openArchive } from "@/lib/documents/queries/bill-list";
import type { BenchDatabase } from "../database";
import { rowOf } from "../report";
import { type Page, type Server, sample } from "../server";
import { cpuOf, postmasterOf, type SmallServer, smallServer } from "./pages";
import type { ReportRow } from "./report";
import type { SmallOrder } from "./small-server";

/** The bill list's CPU against its limits and peer, in turns, and PostgreSQL's share of it. */
export async function listCpu(
  database: BenchDatabase,
  server: Server,
  pages: { bills: Page; limit: Page },
  actor: CustomerActor,
  quick: boolean,
): Promise<{ rows: ReportRow[]; webMs: number; databaseMs: number }> {
  const statements = await archiveStatements(actor);
  const small: SmallServer[] = [];
  try {
    for (const kind of ["node", "fastify"] as const) {
      const databaseUrl = process.env.DATABASE_URL ?? "";
      small.push(await smallServer({ kind, databaseUrl, statements } satisfies SmallOrder));
    }
    const postmaster = await postmasterOf(database);
    const requests = quick ? 200 : 1_000;
    const [node, peer] = small.map(({ url, pid }) => ({ pid, page: { url, cookie: "" } }));
    const asked = [
      { pid: server.pid, page: pages.bills },
      { pid: server.pid, page: pages.limit },
      ...(node && peer ? [node, peer] : []),
    ];
    for (const { pid, page } of asked) {
      await sample(pid, page, 200);
    }
    const turns: number[][] = [];
    const databaseMs: number[] = [];
    for (let round = 0; round < (quick ? 2 : 5); round += 1) {
      const ms: number[] = [];
      for (const { pid, page } of asked) {
        let cpu = Number.NaN;
        const below = await cpuOf(postmaster, requests, async () => {
          cpu = (await sample(pid, page, requests)).cpuMs;
        });
        databaseMs.push(...(page === pages.bills ? [below] : []));
        ms.push(cpu);
      }
      turns.push(ms);
    }
    const against = (at: number) =>
      turns.map((ms) => ({ ours: ms[0] ?? Number.NaN, limit: ms[at] ?? Number.NaN }));
    const row = (name: string, at: number, limitIs: string): ReportRow => ({
      ...rowOf(`bill list, CPU of the web process${name}`, "ms", against(at)),
      limitIs,
    });
    const dynamic = row("", 1, "a dynamic page of the same markup without database");
    return {
      rows: [
        { ...dynamic, goal: { atMost: 1.3 } },
        row(" (bare)", 2, "bare Node with the same query, rows as a bare table"),
        row(" (peer)", 3, "Fastify with the same query, rows as a bare table"),
      ],
      webMs: dynamic.ours,
      databaseMs: databaseMs.reduce((sum, ms) => sum + ms, 0) / databaseMs.length,
    };
  } finally {
    for (const server of small) {
      server.stop();
    }
  }
}

/** What the archive's page asks, as it asks it: its settings first. */
async function archiveStatements(actor: CustomerActor): Promise<SmallOrder["statements"]> {
  const asked: SmallOrder["statements"] = [];
  const client = postgres(process.env.DATABASE_URL ?? "", { max: 1 });
  const db = drizzle(client, {
    ...{ schema, casing: "snake_case" },
    logger: { logQuery: (query, parameters) => asked.push({ query, parameters }) },
  });
  await openArchive({ db, actor }, { filter: {} });
  await client.end();
  return asked;
}
