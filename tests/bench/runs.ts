import type { BenchWorld } from "@/db/seed/bench-world";
import type { SystemActor } from "@/lib/auth/actor";
import { freezeRun } from "@/lib/runs/commands/freeze-run";
import { openRun } from "@/lib/runs/commands/open-run";
import type { BenchDatabase, Cost } from "./database";
import { median, type Row, rowOf } from "./report";

/** A run of a bench world; `run` is its id. */
export interface BenchRun {
  company: string;
  run: string;
}

export interface Round {
  ours: Cost;
  limit: Cost;
}

export const BENCH: SystemActor = { kind: "system", name: "bench" };

/** The worlds' choices made "now" come after these cut-offs, and so must be passed over. */
const CUT_OFF_AGO_MS = 86_400_000;

/** A run of the world whose cut-off lies between its choices and now. */
export async function newRun(
  { worker }: Pick<BenchDatabase, "worker">,
  { company }: BenchWorld,
): Promise<BenchRun> {
  const cutOffAt = new Date(Date.now() - CUT_OFF_AGO_MS);
  const opened = await openRun(
    { db: worker.db, actor: BENCH },
    { company, cutOffAt, name: `bench-${cutOffAt.getTime()}` },
  );
  if (!opened.ok) {
    throw new Error(`the bench's run was not opened: ${opened.code}`);
  }
  return { company, run: opened.value.id };
}

export async function freeze({ worker }: BenchDatabase, run: BenchRun): Promise<void> {
  const plan = await freezeRun({ db: worker.db, actor: BENCH }, run);
  if (!plan.ok || plan.value.already) {
    throw new Error("the bench's run was not frozen");
  }
}

/** Plans are never deleted; the bench's own database is the one place where they are. */
export async function emptyPlans({ owner }: BenchDatabase): Promise<void> {
  await owner.sql.begin(async (sql) => {
    await sql`alter table delivery_plans disable trigger delivery_plans_keep_their_rows`;
    await sql`truncate delivery_plans`;
    await sql`alter table delivery_plans enable trigger delivery_plans_keep_their_rows`;
  });
}

export const pairsOf = (rounds: Round[], figure: (cost: Cost) => number) =>
  rounds.map(({ ours, limit }) => ({ ours: figure(ours), limit: figure(limit) }));

/** Time per item at each size against the smallest: 1.0 is linear. */
export function growth(name: string, sizes: { contracts: number; us: number[] }[]): Row[] {
  const [smallest, ...larger] = sizes;
  return larger.map(({ contracts, us }) =>
    rowOf(
      `${name}: each, ${contracts.toLocaleString("en")} against ${smallest?.contracts.toLocaleString("en")}`,
      "µs",
      us.map((ours) => ({ ours, limit: median(smallest?.us ?? []) })),
    ),
  );
}
