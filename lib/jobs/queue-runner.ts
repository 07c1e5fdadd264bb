import { EventEmitter } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Runner,
  type RunnerOptions,
  run,
  type Worker,
  type WorkerEvents,
} from "graphile-worker";
import { log } from "@/lib/log";
import { clockWatch } from "./crontab-clock";

/** So long nobody waits for the answer to "is there a job?", which takes milliseconds. */
const SILENT_MS = 30_000;
const LOOK_MS = 2_000;
/** Between two tries to begin anew. */
const AGAIN_MS = 2_000;

export interface QueueRunner {
  /** Settles when the queue is not worked any more: told to, or unable to. */
  promise: Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/**
 * Works the queue with graphile-worker, whose own connections know no limit: where the network swallows what they ask,
 * they wait for ever. Nor does its crontab look up before the minute that it waits for, which may be hours away once a
 * clock went back. When either is noticed it begins anew; jobs that lost connections held are unlocked by `unlock_jobs`.
 * @param before done each time before it begins
 */
export async function runQueue(
  options: Omit<RunnerOptions, "events">,
  before: () => Promise<void>,
): Promise<QueueRunner> {
  let told = false;
  const begin = async () => {
    await before();
    const asking = new Map<Worker, number>();
    const runner = await run({ ...options, events: watched(asking) });
    return { runner, asking };
  };
  let current = await begin();
  async function keepOn(): Promise<void> {
    for (;;) {
      const { runner, asking } = current;
      const why = await endOf(runner, asking);
      if (why === "ended" || told) {
        return;
      }
      log.error({ why }, "queue begun anew");
      // Jobs in hand end where the clock is why; connections that are lost may never answer, and nobody waits for them.
      void runner.promise.catch(() => {});
      void (why === "clock" ? runner.stop() : runner.kill()).catch(() => {});
      const next = await beginAgain(begin, () => told);
      if (!next) {
        return;
      }
      current = next;
    }
  }
  return {
    promise: keepOn(),
    async stop() {
      told = true;
      await current.runner.stop();
    },
    async kill() {
      told = true;
      await current.runner.kill();
    },
  };
}

/** Notes since when each of the queue's workers waits for the answer. */
function watched(asking: Map<Worker, number>): WorkerEvents {
  const events: WorkerEvents = new EventEmitter();
  events.on("worker:getJob:start", ({ worker }) => asking.set(worker, performance.now()));
  for (const answered of ["worker:getJob:empty", "worker:getJob:error", "job:start"] as const) {
    events.on(answered, ({ worker }: { worker: Worker }) => asking.delete(worker));
  }
  events.on("worker:release", ({ worker }) => asking.delete(worker));
  return events;
}

async function endOf(
  runner: Runner,
  asking: Map<Worker, number>,
): Promise<"ended" | "silent" | "clock"> {
  let over = false;
  const jumped = clockWatch();
  const ended = runner.promise.finally(() => {
    over = true;
  });
  const look = async () => {
    while (!over) {
      if ([...asking.values()].some((since) => performance.now() - since > SILENT_MS)) {
        return "silent";
      }
      if (jumped()) {
        return "clock";
      }
      await sleep(LOOK_MS, undefined, { ref: false });
    }
    return "ended";
  };
  return await Promise.race([ended.then(() => "ended" as const), look()]);
}

async function beginAgain<T>(begin: () => Promise<T>, told: () => boolean): Promise<T | null> {
  while (!told()) {
    const begun = begin();
    const late = sleep(SILENT_MS, null, { ref: false });
    const made = await Promise.race([begun, late]).catch(() => null);
    if (made) {
      return made;
    }
    // One that comes after all must not work beside the next.
    void begun.then((one) => (one as { runner: Runner }).runner.kill()).catch(() => {});
    await sleep(AGAIN_MS, undefined, { ref: false });
  }
  return null;
}
