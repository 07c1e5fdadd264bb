import { diceFor } from "@/db/seed/dice";
import { freezeRun } from "@/lib/runs/commands/freeze-run";
import { publishRun } from "@/lib/runs/commands/publish-run";
import { readyChild } from "./child";
import { type Fault, type FaultOptions, type FaultRow, inShort } from "./fault";
import { type FaultRun, type RunsWorld, runsWorld } from "./runs-world";
import type { StepOrder } from "./step-child";

/** How far a run is: nothing of the step, all of it, or a sentence that says what in between. */
type Extent = "nothing" | "all" | { between: string };

interface Step {
  prepare(): Promise<FaultRun>;
  extent(run: FaultRun): Promise<Extent>;
  /** By somebody else, after the kill. */
  finish(run: FaultRun): Promise<{ ok: boolean }>;
  count(run: FaultRun): Promise<{ lost: number; doubled: number; wrong: number }>;
}

/** R12: a freeze that is killed leaves the whole plan or none, and another finishes it. */
export const freezeKilled: Fault = (options) =>
  killed("freeze", options, (world) => ({
    prepare: world.dueRun,
    async extent(run) {
      const { state, rows } = await world.checkPlan(run);
      const whole = rows === world.contracts;
      return extentOf(state === "frozen" && whole, state === "scheduled" && rows === 0, {
        state,
        rows,
      });
    },
    finish: (run) => freezeRun(world.ctx, run),
    count: world.checkPlan,
  }));

/** R15: a publication that is killed leaves all documents visible with their dispatches, or none. */
export const publishKilled: Fault = (options) =>
  killed("publish", options, (world) => ({
    prepare: world.loadedRun,
    async extent(run) {
      const { state, published, dispatches } = await world.checkDispatches(run);
      const whole = published === world.contracts && dispatches === world.contracts;
      return extentOf(
        state === "published" && whole,
        state === "loaded" && published === 0 && dispatches === 0,
        { state, published, dispatches },
      );
    },
    finish: (run) => publishRun(world.ctx, run),
    async count(run) {
      const { lost, doubled, published } = await world.checkDispatches(run);
      return { lost, doubled, wrong: world.contracts - published };
    },
  }));

const extentOf = (all: boolean, nothing: boolean, seen: object): Extent => {
  if (all) {
    return "all";
  }
  return nothing ? "nothing" : { between: JSON.stringify(seen) };
};

/** Every fourth time the database ends the connection, otherwise the process is killed. */
const TERMINATED_OF = 4;

async function killed(
  step: StepOrder["step"],
  { urls, quick, seed }: FaultOptions,
  stepIn: (world: RunsWorld) => Step,
): Promise<FaultRow> {
  const dice = diceFor(`${step}-killed ${seed}`);
  const tries = quick ? 4 : 24;
  const world = await runsWorld(urls, quick ? inShort(2_000, 4_000) : 50_000);
  const row: FaultRow = { name: `${step}-killed`, tries, lost: 0, doubled: 0, wrong: [], met: "" };
  const met = { nothing: 0, all: 0 };
  try {
    const does = stepIn(world);
    // The first is left alone: it tells how long a step takes, so that kills fall inside it.
    const whole = await undisturbed(step, world, await does.prepare());
    for (let at = 0; at < tries; at += 1) {
      const run = await does.prepare();
      const name = `${step}-killed-${at}`;
      const order = { step, ...run, calls: 1, workerUrl: world.workerUrl, name };
      const child = await readyChild(order);
      child.go();
      await new Promise((resolve) => setTimeout(resolve, dice.between(0, 1.3) * whole));
      if (at % TERMINATED_OF === TERMINATED_OF - 1) {
        await world.terminate(name);
      } else {
        child.kill();
      }
      await child.outcomes;
      await world.untilGone(name);
      const extent = await does.extent(run);
      if (typeof extent === "object") {
        row.wrong.push(`try ${at + 1} left something in between: ${extent.between}`);
      } else {
        met[extent] += 1;
      }
      if (!(await does.finish(run)).ok || (await does.extent(run)) !== "all") {
        row.wrong.push(`try ${at + 1} could not be finished by another`);
      }
      const { lost, doubled, wrong } = await does.count(run);
      row.lost += lost;
      row.doubled += doubled;
      if (wrong > 0) {
        row.wrong.push(`try ${at + 1}: ${wrong} rows are not as they should be`);
      }
    }
    row.met = `killed around its ${Math.round(whole)} ms: ${met.nothing} left nothing, ${met.all} all`;
    return row;
  } finally {
    await world.close();
  }
}

async function undisturbed(
  step: StepOrder["step"],
  { workerUrl }: RunsWorld,
  run: FaultRun,
): Promise<number> {
  const order = { step, ...run, calls: 1, workerUrl, name: `${step}-undisturbed` };
  const child = await readyChild(order);
  const start = performance.now();
  child.go();
  const [outcome] = await child.outcomes;
  if (outcome !== "won") {
    throw new Error(`the undisturbed ${step} ended with ${outcome}`);
  }
  return performance.now() - start;
}
