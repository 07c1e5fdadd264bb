import { type SQL, sql } from "drizzle-orm";
import type { Actor, StaffActor, SystemActor } from "@/lib/auth/actor";
import { ForbiddenError } from "@/lib/errors";
import type { OpenRun } from "./queries/open-runs";
import type { OperationsState } from "./queries/operations-state";
import type { StorageState } from "./queries/storage-state";

/** Who watches how the whole is doing: an admin on the page, or the worker for the metrics. */
export type Watcher = SystemActor | StaffActor;

export function mayWatch(actor: Actor): boolean {
  return actor.kind === "system" || (actor.kind === "staff" && actor.role === "admin");
}

/** @throws {ForbiddenError} unless the actor may watch */
export function requireWatcher(actor: Actor): void {
  if (!mayWatch(actor)) {
    throw new ForbiddenError("watch operations");
  }
}

/** The web role sees the queue through a function of the owner's, without payloads and as an admin only. */
export const jobsFor = ({ kind }: Watcher): SQL =>
  kind === "staff" ? sql`watched_jobs()` : sql`graphile_worker.jobs`;

/** The same of how far the audit log is sealed: the web role reads none of its rows (R30). */
export const sealFor = ({ kind }: Watcher): SQL =>
  kind === "staff" ? sql`watched_audit_seal()` : sql`audit_seal()`;

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

/** Seconds and counts above which something is wrong; README, "Watching it", has the same as alarms. */
export const THRESHOLDS = {
  jobLate: 5 * MINUTE,
  mailLate: 5 * MINUTE,
  billLate: 15 * MINUTE,
  eventLate: 5 * MINUTE,
  eventLag: 10 * MINUTE,
  importStill: 15 * MINUTE,
  auditUnsealed: 15 * MINUTE,
  deletionUnrecorded: 10 * MINUTE,
  endpointLate: 60 * MINUTE,
  runOpen: 5 * DAY,
  freeBytes: 5_000_000_000,
  connectionShare: 0.8,
} as const;

export const TROUBLES = [
  "jobsLate",
  "jobsGaveUp",
  "jobsFailing",
  "mailsLate",
  "billsLate",
  "undelivered",
  "eventsStuck",
  "eventsLag",
  "runOpen",
  "importStill",
  "importsFailed",
  "auditUnsealed",
  "auditAnchor",
  "deletionsUnrecorded",
  "endpointsLate",
  "storageSilent",
  "storageFull",
  "connections",
  "schemaBehind",
  "schemaAhead",
] as const;
export type Trouble = (typeof TROUBLES)[number];

/** Those for which nobody should wait until tomorrow. */
const GRAVE: readonly Trouble[] = [
  "jobsLate",
  "mailsLate",
  "billsLate",
  "eventsStuck",
  "auditAnchor",
  "storageSilent",
  "storageFull",
  "connections",
  "schemaBehind",
];
export const isGrave = (trouble: Trouble): boolean => GRAVE.includes(trouble);

interface Watched {
  state: OperationsState;
  storage: StorageState;
  runs: OpenRun[];
  /** How many migrations this version knows. */
  migrations: number;
}

/** What is wrong, grave things first. Pauses and a silent provider are told by `sendingState`. */
export function troublesOf({ state, storage, runs, migrations }: Watched): Trouble[] {
  const late = ({ oldestSeconds }: { oldestSeconds: number | null }, limit: number) =>
    (oldestSeconds ?? 0) > limit;
  const { queue, audit, events, database } = state;
  // A pause explains why mails wait.
  const paused = state.pauses > 0;
  const is: Record<Trouble, boolean> = {
    jobsLate: late(queue, THRESHOLDS.jobLate),
    jobsGaveUp: queue.gaveUp > 0,
    jobsFailing: queue.failing > 0,
    mailsLate: !paused && late(state.mails, THRESHOLDS.mailLate),
    billsLate: !paused && late(state.bills, THRESHOLDS.billLate),
    undelivered: state.undelivered.failed + state.undelivered.bounced > 0,
    eventsStuck: late(events, THRESHOLDS.eventLate) || events.failing > 0,
    eventsLag: (events.lagP95Seconds ?? 0) > THRESHOLDS.eventLag,
    runOpen: runs.some((run) => run.publishedSeconds > THRESHOLDS.runOpen),
    importStill: (state.importStillSeconds ?? 0) > THRESHOLDS.importStill,
    importsFailed: (state.imports.failed ?? 0) > 0,
    auditUnsealed: late(audit, THRESHOLDS.auditUnsealed),
    auditAnchor:
      storage.answers &&
      audit.blocks > 0 &&
      (!storage.anchor || storage.anchor.number < audit.blocks - 1),
    deletionsUnrecorded: late(state.deletions, THRESHOLDS.deletionUnrecorded),
    endpointsLate: late(state.endpoints, THRESHOLDS.endpointLate) || state.endpoints.givenUp > 0,
    storageSilent: !storage.answers,
    storageFull: storage.freeBytes !== null && storage.freeBytes < THRESHOLDS.freeBytes,
    connections: database.connections > database.maxConnections * THRESHOLDS.connectionShare,
    schemaBehind: database.migrations < migrations,
    schemaAhead: database.migrations > migrations,
  };
  const found = TROUBLES.filter((trouble) => is[trouble]);
  return [...found.filter(isGrave), ...found.filter((trouble) => !isGrave(trouble))];
}
