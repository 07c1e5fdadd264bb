import { rm } from "node:fs/promises";
import path from "node:path";
import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import type { Database } from "@/db/client";
import * as schema from "@/db/schema";
import type { BenchWorld } from "@/db/seed/bench-world";
import { billLines, writeLines } from "../../faults/import-files";
import {
  byKey,
  type Household,
  inTurns,
  type Statement,
  statementsOf,
  viewsOf,
} from "../consumption";
import { freezeRounds } from "../freeze";
import { copyBills, copyLines, importBillsFile } from "../import-bills";
import type { ImportDatabase } from "../import-database";
import { publishRounds } from "../publish";
import { median, rowOf } from "../report";
import { pairsOf } from "../runs";
import type { Page } from "../server";
import { answerMs } from "./pages";
import type { Curve, ReportRow } from "./report";

const INSERT_SELECT = "INSERT … SELECT of the same rows";
const COPY = "COPY and one INSERT of the same rows";
const BY_KEY = "the same days by primary key";

/** What a size of the world gives: rows of comparisons, and a point for each curve by its name. */
export interface AtSize {
  rows: ReportRow[];
  points: Record<string, { ours: number; limit?: number }>;
}

/** The curves that are drawn, in their order. */
export const CURVES: Omit<Curve, "points">[] = [
  { id: "bill-list", title: "Bill list, answered", unit: "ms" },
  { id: "consumption", title: "A year's view, database", unit: "ms", limitIs: BY_KEY },
  { id: "freeze", title: "Freezing a run", unit: "µs a contract", limitIs: INSERT_SELECT },
  { id: "publish", title: "Publishing a run", unit: "µs a bill", limitIs: INSERT_SELECT },
  { id: "import", title: "Importing bills", unit: "µs a bill", limitIs: COPY },
  { id: "storage", title: "Database", unit: "bytes a contract" },
];

interface Sized {
  database: ImportDatabase;
  world: BenchWorld;
  contracts: number;
  household: Household;
  pages: { bills: Page };
  folder: string;
  quick: boolean;
  /** What this company's rows have added to the database, before anything else was written. */
  bytes: number;
}

/** Measures all that may grow with the contracts, in the order in which it writes: reads first. */
export async function measureAtSize(sized: Sized): Promise<AtSize> {
  const { contracts, pages, quick, bytes } = sized;
  const points: AtSize["points"] = {
    storage: { ours: bytes / contracts },
    "bill-list": { ours: await answerMs(pages.bills, quick ? 50 : 300) },
  };
  const rows: ReportRow[] = [];
  for (const [id, measure] of [
    ["consumption", consumption],
    ["freeze", freezing],
    ["publish", publishing],
    ["import", importing],
  ] as const) {
    const { row, point } = await measure(sized);
    rows.push(row);
    points[id] = point;
  }
  return { rows, points };
}

type Measured = { row: ReportRow; point: { ours: number; limit: number } };

const named = (what: string, contracts: number) =>
  `${what}, ${contracts.toLocaleString("en")} contracts`;

async function consumption({ household, contracts, quick }: Sized): Promise<Measured> {
  const url = process.env.DATABASE_URL ?? "";
  const log: Statement[] = [];
  const settings = { max: 1, onnotice: () => {}, connection: { TimeZone: "UTC" } };
  const client = postgres(url, {
    ...settings,
    debug: (_connection, query, parameters) => log.push({ query, parameters }),
  });
  const web = postgres(url, settings);
  try {
    const db: Database = drizzle(client, { schema, casing: "snake_case" });
    const [, period] = viewsOf(household).find(([name]) => name === "a year") ?? [];
    if (!period) {
      throw new Error("there is no view of a year");
    }
    const statements = await statementsOf(db, log, household, period);
    const { actor } = household;
    const turns = await inTurns(
      [
        { client: web, statements, actor },
        { client: web, statements: byKey(household, period), actor },
      ],
      quick ? 5 : 21,
    );
    const rounds = turns.map(([ours = Number.NaN, limit = Number.NaN]) => ({ ours, limit }));
    const row = rowOf(named("consumption: a year's view", contracts), "ms", rounds);
    return {
      row: { ...row, limitIs: BY_KEY, goal: { atMost: 2 } },
      point: { ours: row.ours, limit: row.limit },
    };
  } finally {
    await Promise.all([client.end(), web.end()]);
  }
}

const roundsAt = (contracts: number) => (contracts >= 1_000_000 ? 1 : 3);

async function freezing({ database, world, contracts }: Sized): Promise<Measured> {
  const rounds = await freezeRounds(database, world, roundsAt(contracts));
  return written(
    "freezing a run",
    contracts,
    pairsOf(rounds, ({ ms }) => ms),
    INSERT_SELECT,
  );
}

async function publishing({ database, world, contracts }: Sized): Promise<Measured> {
  const rounds = await publishRounds(database, world, roundsAt(contracts));
  return written(
    "publishing a run",
    contracts,
    pairsOf(rounds, ({ ms }) => ms),
    INSERT_SELECT,
  );
}

/** Both add bills to the table that has all the others, ours first in even rounds. */
async function importing(sized: Sized): Promise<Measured> {
  const { database, world, contracts, folder } = sized;
  const pairs: { ours: number; limit: number }[] = [];
  for (let round = 0; round < roundsAt(contracts); round += 1) {
    const file = path.join(folder, "bills.csv");
    const copied = path.join(folder, "bills.copy");
    const many = (prefix: string) => ({
      bills: contracts,
      contracts,
      prefix: `${prefix}${round}-`,
    });
    await writeLines(file, billLines(many("I")));
    await writeLines(copied, copyLines(many("L")));
    const ours = async () => (await importBillsFile(database, world.company, file)).ms;
    const limit = () => copyBills(database, world.companyId, copied);
    if (round % 2) {
      const second = await limit();
      pairs.push({ ours: await ours(), limit: second });
    } else {
      pairs.push({ ours: await ours(), limit: await limit() });
    }
    await rm(file);
    await rm(copied);
  }
  return written("importing bills", contracts, pairs, COPY);
}

/** Milliseconds of both as a row, and for each contract as a point. */
function written(
  what: string,
  contracts: number,
  pairs: { ours: number; limit: number }[],
  limitIs: string,
): Measured {
  const each = (ms: number) => (ms / contracts) * 1_000;
  const point = {
    ours: each(median(pairs.map(({ ours }) => ours))),
    limit: each(median(pairs.map(({ limit }) => limit))),
  };
  return { row: { ...rowOf(named(what, contracts), "ms", pairs), limitIs }, point };
}
