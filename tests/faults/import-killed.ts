import { diceFor } from "@/db/seed/dice";
import { emptyRow, type Fault, type FaultRow, inShort } from "./fault";
import { importInProcess, readyImport } from "./import-process";
import { type Found, type ImportWorld, importWorld, type Kind } from "./import-world";

/** How often one import is killed before it is let to its end, at most. */
const KILLS_OF_ONE = 3;
const QUICK_KILLS = inShort(
  { bills: 2, contracts: 1, "e-invoices": 2 },
  { bills: 3, contracts: 2, "e-invoices": 4 },
);
/** Of a short import of e-invoices, so that several batches are under way. */
const QUICK_BATCH = { rows: 250 };

/**
 * Imports of bills, of contracts and of e-invoices in processes that are killed at any moment and started again with the
 * same file, until it is done: it is then as if nothing had happened.
 */
export const importKilled: Fault = async ({ urls, quick, seed }) => {
  const world = await importWorld(urls, quick ? inShort(1_000, 2_000) : 50_000);
  const row = emptyRow("import-killed");
  try {
    const met: string[] = [];
    for (const kind of ["bills", "contracts", "e-invoices"] as const) {
      met.push(await killed(world, row, kind, { quick, seed }));
    }
    row.met = met.join("; ");
    return row;
  } finally {
    await world.close();
  }
};

async function killed(
  world: ImportWorld,
  row: FaultRow,
  kind: Kind,
  { quick, seed }: { quick: boolean; seed: number },
): Promise<string> {
  const dice = diceFor(`import-killed ${kind} ${seed}`);
  const rows = quick ? inShort(2_500, 5_000) : 100_000;
  const kills = quick ? QUICK_KILLS[kind] : 20;
  const { whole, expected } = await undisturbed(world, kind, rows, quick);
  const states: Record<string, number> = {};
  for (let done = 0; done < kills; ) {
    row.tries += 1;
    const { order, mark } = await newFile(world, kind, rows, quick);
    const times = Math.min(dice.whole(1, KILLS_OF_ONE), kills - done);
    for (let time = 0; time < times; time += 1) {
      const name = `import-killed-${kind}-${done}`;
      const child = await readyImport(world.orders(name, order));
      child.go();
      await new Promise((resolve) => setTimeout(resolve, dice.between(0, 1.1) * whole));
      child.kill();
      await child.report;
      const state = await world.stateOf(order.file);
      states[state] = (states[state] ?? 0) + 1;
      // Half of the time nobody waits until the database has noticed: the lock has to.
      if (dice.roll() < 0.5) {
        await world.untilGone(name);
      }
      done += 1;
    }
    const name = `import-killed-${kind}-end`;
    await importInProcess(world.orders(name, order)).catch((error: Error) =>
      row.wrong.push(`${kind}, try ${row.tries}: could not be finished: ${error.message}`),
    );
    judge(row, `${kind}, try ${row.tries}`, await world.found(kind, mark), expected);
    for (const left of await world.leftOver(order.file)) {
      row.wrong.push(`${kind}, try ${row.tries}: ${left}`);
    }
  }
  const seen = Object.entries(states).map(([state, times]) => `${times} ${state}`);
  return `${rows} ${kind} in ${Math.round(whole)} ms, killed when ${seen.join(", ")}`;
}

async function newFile(world: ImportWorld, kind: Kind, rows: number, quick: boolean) {
  const { order, mark } = await world.newFile(kind, rows);
  const batches = quick && kind === "e-invoices" ? QUICK_BATCH : undefined;
  return { order: { ...order, batches }, mark };
}

/** An import that nobody disturbs: how long it takes, and what is there afterwards. */
async function undisturbed(world: ImportWorld, kind: Kind, rows: number, quick: boolean) {
  const { order, mark } = await newFile(world, kind, rows, quick);
  const { ms } = await importInProcess(world.orders("import-undisturbed", order));
  const expected = await world.found(kind, mark);
  if (expected.rows !== rows) {
    throw new Error(`the undisturbed import of ${rows} ${kind} left ${expected.rows}`);
  }
  return { whole: ms, expected };
}

/** Counts what is not as it was after the import that serves as the measure. */
export function judge(row: FaultRow, name: string, found: Found, expected: Found): void {
  row.lost += Math.max(0, expected.rows - (found.rows - found.doubled));
  row.doubled += found.doubled;
  if (found.digest !== expected.digest) {
    row.wrong.push(`${name}: what is there differs from an undisturbed import's`);
  }
}
