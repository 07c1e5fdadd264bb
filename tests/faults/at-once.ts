import { readyChild } from "./child";
import type { Fault, FaultOptions, FaultRow } from "./fault";
import { type FaultRun, type RunsWorld, runsWorld } from "./runs-world";
import type { StepOrder } from "./step-child";

/** R12: many freezes of one run at the same moment: one wins, the others are told that it stands. */
export const freezeAtOnce: Fault = (options) =>
  atOnce("freeze", options, async (world) => {
    const run = await world.dueRun();
    return {
      run,
      async check() {
        const { rows, lost, doubled, wrong } = await world.checkPlan(run);
        const sentences = wrong > 0 ? [`${wrong} of ${rows} plan rows differ from the rule`] : [];
        return { lost, doubled, sentences, told: await world.told(run, "froze_run") };
      },
    };
  });

/** R15, R17: many publications of one run at the same moment: one dispatch of each document. */
export const publishAtOnce: Fault = (options) =>
  atOnce("publish", options, async (world) => {
    const run = await world.loadedRun();
    return {
      run,
      async check() {
        const { lost, doubled, published } = await world.checkDispatches(run);
        const sentences =
          published === world.contracts ? [] : [`${published} documents are visible`];
        return { lost, doubled, sentences, told: await world.told(run, "published_run") };
      },
    };
  });

interface Prepared {
  run: FaultRun;
  check(): Promise<{ lost: number; doubled: number; sentences: string[]; told: number }>;
}

async function atOnce(
  step: StepOrder["step"],
  { urls, quick }: FaultOptions,
  prepare: (world: RunsWorld) => Promise<Prepared>,
): Promise<FaultRow> {
  const [processes, calls] = quick ? [2, 10] : [5, 10];
  const world = await runsWorld(urls, quick ? 2_000 : 20_000);
  try {
    const { run, check } = await prepare(world);
    const order = { step, ...run, calls, workerUrl: world.workerUrl };
    const children = await Promise.all(
      Array.from({ length: processes }, (_, at) =>
        readyChild({ ...order, name: `${step}-at-once-${at}` }),
      ),
    );
    for (const child of children) {
      child.go();
    }
    const outcomes = (await Promise.all(children.map((child) => child.outcomes))).flat();
    const count = (outcome: string) => outcomes.filter((one) => one === outcome).length;
    const { lost, doubled, sentences, told } = await check();
    const wrong = [...sentences];
    if (count("won") !== 1 || count("stood") !== processes * calls - 1) {
      wrong.push(`of ${processes * calls} calls ${outcomes.sort().join(", ")}`);
    }
    if (told !== 1) {
      wrong.push(`the audit log tells it ${told} times`);
    }
    const met = `${count("won")} won, ${count("stood")} told it stands, ${processes} processes`;
    return { name: `${step}-at-once`, tries: outcomes.length, lost, doubled, wrong, met };
  } finally {
    await world.close();
  }
}
