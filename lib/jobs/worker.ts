import { EventEmitter } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type JobHelpers,
  Logger,
  runOnce,
  type TaskList,
  type WorkerEvents,
} from "graphile-worker";
import { schemaState } from "@/db/known-migrations";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { mailConnection, workerConnection } from "@/lib/connections";
import { env } from "@/lib/env";
import { RefusalError } from "@/lib/errors";
import { log } from "@/lib/log";
import { type LogIds, underIds } from "@/lib/log-context";
import { metrics } from "@/lib/operations/metrics/registry";
import { serveMetrics } from "@/lib/operations/metrics/server";
import { stateGauges } from "@/lib/operations/metrics/state-gauges";
import { startTracing, traced } from "@/lib/operations/tracing";
import { UNREADY } from "@/lib/serving";
import { settleCrontab } from "./crontab-clock";
import { FOLD_EVERY_MS, foldSoon } from "./folder";
import { HEARTBEAT_MS, noteHeartbeat } from "./heartbeat";
import { MAIL_CHANNEL } from "./queue";
import { runQueue } from "./queue-runner";
import { CRONTAB, HANDLERS, type JobHandler } from "./registry";
import { startSender } from "./running-sender";

const CONCURRENCY = 4;
/** How long jobs in hand may take to end; the rest of ten seconds is for connections. */
const STOP_MS = 7_000;

export interface Worker {
  /** Takes no further job, waits for those in hand, closes; within ten seconds. */
  stop(): Promise<void>;
  /** Settles when the worker ends, by itself or because it was told to. */
  ended: Promise<void>;
}

/**
 * Works the queue and the crontab and sends the mail until stopped, as the worker role.
 * @throws {RefusalError} on a schema that this version does not know
 */
export async function startWorker(): Promise<Worker> {
  const connection = workerConnection();
  const schema = await schemaState(connection.db);
  if (schema === "older" || schema === "too new") {
    throw new RefusalError(UNREADY[schema]);
  }
  const endTracing = await startTracing("worker");
  const stopping = new AbortController();
  const mail = mailConnection();
  const ctx: Context<SystemActor> = { db: mail.db, actor: { kind: "system", name: "worker" } };
  const sender = startSender(ctx, { stop: stopping.signal });
  const folding = setInterval(() => void foldSoon(ctx), FOLD_EVERY_MS);
  const beating = setInterval(() => {
    void noteHeartbeat(ctx, "worker");
    void settleCrontab(ctx);
  }, HEARTBEAT_MS);
  await connection.sql.listen(MAIL_CHANNEL, sender.wake);
  const runner = await runQueue(
    {
      connectionString: env().DATABASE_WORKER_URL,
      noPreparedStatements: !connection.prepares,
      concurrency: CONCURRENCY,
      pollInterval: 2_000,
      noHandleSignals: true,
      logger: quietLogger(),
      taskList: tasks("worker", stopping.signal),
      crontab: CRONTAB,
    },
    () => settleCrontab(ctx),
  );
  // A worker that lost its database for good ends itself; whoever runs it starts it again.
  const ended = runner.promise.catch((err: unknown) => {
    log.fatal({ err }, "worker ended");
    process.exitCode = 1;
  });
  const told = await serveMetrics("worker", stateGauges({ ...ctx, db: connection.db }));
  await noteHeartbeat(ctx, "worker");
  log.info("worker started");
  return {
    ended,
    async stop() {
      stopping.abort();
      clearInterval(folding);
      clearInterval(beating);
      const stopped = runner.stop().catch(() => {});
      const inTime = await Promise.race([
        Promise.all([stopped, ended, sender.ended, foldSoon(ctx)]).then(() => true),
        sleep(STOP_MS, false, { ref: false }),
      ]);
      if (!inTime) {
        // Their leases and keys let others go on from here.
        await Promise.race([runner.kill().catch(() => {}), sleep(1_000)]);
      }
      await Promise.all([told?.close(), connection.close(), mail.close()]);
      // A collector that does not answer must not hold up the end.
      await Promise.race([endTracing?.().catch(() => {}), sleep(1_000, undefined, { ref: false })]);
      log.info("worker stopped");
    },
  };
}

/** What the crontab would do, in the order in which a call does it; between the two its time may be up. */
const FIRST_AT_A_CALL = [
  "unlock_jobs",
  "forget_expired",
  "warn_mandate_ends",
  "notice_unusual",
  "watch_provider",
  "ask_provider",
  "turn_silent_to_paper",
  "seal_audit_log",
] as const;
const THEN_AT_A_CALL = [
  "schedule_runs",
  "resume_run_orders",
  "resume_imports",
  "forget_imports",
  "forget_api_requests",
  "deliver_webhooks",
  "record_deletions",
  "freeze_due_runs",
] as const;

/**
 * Does what the crontab would, then every job that is due, once: for schedulers that call a route.
 * Takes no further job once `stop` aborts. Sends nothing: the route does, within its own time.
 * @param importsStop until when an import that was begun may go on; what is left of it is for the next call
 */
export async function runJobsOnce(stop: AbortSignal, importsStop = stop): Promise<void> {
  const actor = { kind: "system", name: "cron" } as const;
  const ctx = { db: workerConnection().db, actor };
  await noteHeartbeat(ctx, "tick");
  await foldSoon({ db: mailConnection().db, actor });
  // One that fails must keep neither the others nor the queue waiting: the next call tries it again.
  const each = async (tasks: readonly (keyof typeof HANDLERS)[]) => {
    for (const task of tasks) {
      await HANDLERS[task](ctx, {}, stop).catch((err: unknown) => {
        log.error({ err, task }, "job failed");
      });
    }
  };
  await each(FIRST_AT_A_CALL);
  if (stop.aborted) {
    return;
  }
  await each(THEN_AT_A_CALL);
  if (stop.aborted) {
    return;
  }
  const events: WorkerEvents = new EventEmitter();
  events.once("pool:create", ({ workerPool }) => {
    const end = () => void Promise.resolve(workerPool.gracefulShutdown()).catch(() => {});
    stop.addEventListener("abort", end, { once: true });
    if (stop.aborted) {
      // Meanwhile, and a signal tells it once only. The pool can be ended when its workers are there.
      setImmediate(end);
    }
    events.once("pool:release", () => stop.removeEventListener("abort", end));
  });
  await runOnce({
    connectionString: env().DATABASE_WORKER_URL,
    noPreparedStatements: !workerConnection().prepares,
    maxPoolSize: 2,
    noHandleSignals: true,
    logger: quietLogger(),
    events,
    taskList: tasks("cron", stop, importsStop),
  });
}

function tasks(name: string, stop: AbortSignal, importsStop = stop): TaskList {
  const { db } = workerConnection();
  const work = async (taskName: string, handle: JobHandler, payload: unknown) => {
    const started = performance.now();
    const count = (outcome: "done" | "failed") =>
      metrics().jobs.observe({ task: taskName, outcome }, (performance.now() - started) / 1000);
    try {
      const until = taskName === "run_import" ? importsStop : stop;
      await handle({ db, actor: { kind: "system", name } }, payload, until);
    } catch (err) {
      count("failed");
      log.error({ err }, "job failed");
      // Kept in the queue as last_error: the name says enough, a message may quote an address.
      throw new Error(err instanceof Error ? err.name : "failure");
    }
    count("done");
    const ms = Math.round(performance.now() - started);
    log[taskName === "unlock_jobs" ? "debug" : "info"]({ ms }, "job done");
  };
  const task =
    (taskName: string, handle: JobHandler) =>
    (payload: unknown, { job }: JobHelpers) =>
      underIds({ task: taskName, job: job.id, ...aboutOf(payload) }, () =>
        traced(taskName, () => work(taskName, handle, payload)),
      );
  return Object.fromEntries(
    Object.entries(HANDLERS).map(([taskName, handle]) => [taskName, task(taskName, handle)]),
  );
}

/** What a job is about, for the log: payloads hold ids. */
function aboutOf(payload: unknown): LogIds {
  const { runId, importId } = (payload ?? {}) as { runId?: string; importId?: string };
  return { ...(runId ? { run: runId } : {}), ...(importId ? { import: importId } : {}) };
}

/** graphile-worker's own words; ours name each job already. */
function quietLogger(): Logger {
  return new Logger(() => (level, message) => {
    if (level === "error" || level === "warning") {
      log.warn({ from: "graphile-worker" }, message);
    } else {
      log.debug({ from: "graphile-worker" }, message);
    }
  });
}
