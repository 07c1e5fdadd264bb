import { type Connection, connect } from "@/db/client";
import type { SystemActor } from "@/lib/auth/actor";
import { freezeRun } from "@/lib/runs/commands/freeze-run";
import { publishRun } from "@/lib/runs/commands/publish-run";

/** What a process of its own is to do with a run, so many times at once, each on its connection. */
export interface StepOrder {
  step: "freeze" | "publish";
  company: string;
  run: string;
  calls: number;
  workerUrl: string;
  /** What its connections are called in pg_stat_activity. */
  name: string;
}

const ACTOR: SystemActor = { kind: "system", name: "faults" };

/** `won`, `stood` when another had done it, or why not. */
async function take({ step, company, run }: StepOrder, { db }: Connection): Promise<string> {
  const command = step === "freeze" ? freezeRun : publishRun;
  const result = await command({ db, actor: ACTOR }, { company, run });
  if (!result.ok) {
    return result.code;
  }
  return result.value.already ? "stood" : "won";
}

/** Says it is ready once it is connected, waits for the word, and tells what came of each call. */
async function main(): Promise<void> {
  const order = JSON.parse(process.argv[2] ?? "") as StepOrder;
  const { calls, workerUrl, name } = order;
  const connections = Array.from({ length: calls }, () => connect(workerUrl, { max: 1, name }));
  await Promise.all(connections.map(({ db }) => db.execute("select 1")));
  process.once("message", async () => {
    const outcomes = await Promise.all(
      connections.map((connection) =>
        take(order, connection).catch((error: unknown) => `failed: ${String(error)}`),
      ),
    );
    await Promise.all(connections.map((connection) => connection.close()));
    process.send?.(outcomes, () => process.exit(0));
  });
  process.once("disconnect", () => process.exit(1));
  process.send?.("ready");
}

await main();
