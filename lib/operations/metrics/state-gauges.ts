import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { log } from "@/lib/log";
import { listOpenRuns, type OpenRun } from "../queries/open-runs";
import { type OperationsState, operationsState } from "../queries/operations-state";
import { versions } from "../queries/versions";
import { metrics } from "./registry";

/** Scrapes that come sooner are answered with what the last one found. */
const STATE_MS = 5_000;
/** To reconcile runs may take a twentieth of the time, and is done once a minute at most. */
const RUNS_MS = 60_000;
const RUNS_SHARE = 20;

/**
 * Gauges of what stands in the database, for one process to tell: the worker, which sees all of it.
 * @returns brings them up to date; never throws: `sportello_database_up` says whether it could
 */
export function stateGauges(ctx: Context<SystemActor>): () => Promise<void> {
  const { tellState, tellRuns, tellUp, forget } = makeGauges();
  const state = atMostEvery(STATE_MS, 1, async () => tellState(await operationsState(ctx)));
  const runs = atMostEvery(RUNS_MS, RUNS_SHARE, async () => tellRuns(await listOpenRuns(ctx)));
  return async () => {
    try {
      await state();
      await runs();
      tellUp(true);
    } catch (err) {
      log.warn({ err }, "the metrics could not be read from the database");
      // What was true a while ago must not look like now.
      forget();
      tellUp(false);
    }
  };
}

/**
 * Does the work unless it was done a moment ago, or less than `share` times ago what it took; scrapes at once
 * share it. A failure is tried again.
 */
function atMostEvery(
  leastMs: number,
  share: number,
  work: () => Promise<void>,
): () => Promise<void> {
  let next = 0;
  let going: Promise<void> | null = null;
  const doIt = async () => {
    const began = performance.now();
    try {
      await work();
      const ended = performance.now();
      next = ended + Math.max(leastMs, (ended - began) * share);
    } catch (error) {
      next = 0;
      throw error;
    } finally {
      going = null;
    }
  };
  return async () => {
    if (going === null && performance.now() < next) {
      return;
    }
    going ??= doIt();
    await going;
  };
}

function makeGauges() {
  const { gauge } = metrics();
  const up = gauge("database_up", "1 if the database answered the last scrape");
  const waiting = gauge("waiting", "How much waits, by what it is", ["what"]);
  const oldest = gauge("oldest_waiting_seconds", "For how long the oldest of it waits, 0 if none", [
    "what",
  ]);
  const jobs = gauge("queue_jobs", "Jobs of the queue by state", ["state"]);
  const batches = gauge(
    "dispatch_batches",
    "Batches of bills by state: open ones, and accepted and failed ones of the last 24 hours",
    ["state"],
  );
  const undelivered = gauge("undelivered_bills", "Bills on the staff's worklist", ["state"]);
  const imports = gauge(
    "imports",
    "Imports by state: unfinished ones, and those that ended in the last 24 hours",
    ["state"],
  );
  const run = gauge("run_documents", "Electronic documents of published runs, by where they are", [
    "company",
    "run",
    "outcome",
  ]);
  const runElectronic = gauge(
    "run_electronic_documents",
    "All of them: delivered + fallback + excluded + open",
    ["company", "run"],
  );
  const runAge = gauge(
    "run_published_seconds",
    "Since when a run that is not closed is published",
    ["company", "run"],
  );
  const single = {
    pauses: gauge("sending_pauses", "Why no mail goes out: pauses of all companies or of one"),
    perSecond: gauge("provider_pace", "Requests a second that the mail provider allows"),
    importStill: gauge("import_still_seconds", "For how long an import has not come further"),
    lastEvent: gauge("webhook_last_event_seconds", "Since the provider's last event"),
    silent: gauge("webhook_silence_seconds", "Since mails went out and no event came back, else 0"),
    lag: gauge(
      "webhook_lag_seconds",
      "Received against occurred, 95th percentile of the provider's events of the last five minutes",
    ),
    failingEvents: gauge("webhook_events_failing", "Events of the provider that cannot be folded"),
    givenUp: gauge("endpoint_deliveries_given_up", "What endpoints were not told in 24 hours"),
    bytes: gauge("database_bytes", "Size of the database"),
    connections: gauge("database_connections", "Connections of all clients"),
    maxConnections: gauge("database_connections_max", "Connections that PostgreSQL allows"),
    migrations: gauge("database_migrations", "Migrations that are applied"),
    known: gauge("known_migrations", "Migrations that this version knows"),
  };
  const all = [waiting, oldest, jobs, batches, undelivered, imports, run, runElectronic, runAge];
  return {
    tellUp: (value: boolean) => up.set(value ? 1 : 0),
    forget: () => {
      for (const one of all) {
        one.reset();
      }
      for (const one of Object.values(single)) {
        one.remove();
      }
    },
    tellState: (state: OperationsState) => {
      const { queue, events, database } = state;
      for (const [what, { waiting: count, oldestSeconds }] of Object.entries({
        jobs: queue,
        bills: state.bills,
        mails: state.mails,
        provider_events: events,
        audit_rows: state.audit,
        deletions: state.deletions,
        endpoint_deliveries: state.endpoints,
      })) {
        waiting.set({ what }, count);
        oldest.set({ what }, Math.max(oldestSeconds ?? 0, 0));
      }
      setEach(jobs, {
        due: queue.waiting,
        later: queue.later,
        at_work: queue.atWork,
        failing: queue.failing,
        gave_up: queue.gaveUp,
      });
      setEach(batches, state.batches);
      setEach(undelivered, state.undelivered);
      imports.reset();
      setEach(imports, state.imports);
      const { pauses, perSecond, importStillSeconds } = state;
      for (const [name, value] of Object.entries({
        pauses,
        perSecond,
        importStill: importStillSeconds ?? 0,
        lastEvent: events.lastSeconds,
        silent: events.silentSeconds ?? 0,
        lag: events.lagP95Seconds,
        failingEvents: events.failing,
        givenUp: state.endpoints.givenUp,
        ...database,
        known: versions().migrations,
      }) as [keyof typeof single, number | null][]) {
        // What nobody knows is absent, not zero.
        value === null ? single[name].remove() : single[name].set(value);
      }
    },
    tellRuns: (runs: OpenRun[]) => {
      run.reset();
      runElectronic.reset();
      runAge.reset();
      for (const { companySlug: company, run: name, ...counts } of runs) {
        for (const outcome of ["delivered", "fallback", "excluded", "open"] as const) {
          run.set({ company, run: name, outcome }, counts[outcome]);
        }
        runElectronic.set({ company, run: name }, counts.electronic);
        runAge.set({ company, run: name }, counts.publishedSeconds);
      }
    },
  };
}

function setEach(
  gauge: { set(labels: { state: string }, value: number): void },
  counts: Partial<Record<string, number>>,
): void {
  for (const [state, count] of Object.entries(counts)) {
    gauge.set({ state }, count ?? 0);
  }
}
