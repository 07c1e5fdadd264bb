import { describe, expect, test } from "vitest";
import { LANGUAGES } from "@/lib/i18n/languages";
import { MESSAGES } from "@/lib/i18n/messages";
import type { OpenRun } from "@/lib/operations/queries/open-runs";
import type { OperationsState } from "@/lib/operations/queries/operations-state";
import type { StorageState } from "@/lib/operations/queries/storage-state";
import { isGrave, THRESHOLDS, TROUBLES, type Trouble, troublesOf } from "@/lib/operations/rules";

const NOTHING = { waiting: 0, oldestSeconds: null };
const WELL: OperationsState = {
  queue: { ...NOTHING, later: 3, atWork: 1, failing: 0, gaveUp: 0 },
  bills: NOTHING,
  mails: NOTHING,
  perSecond: null,
  pauses: 0,
  batches: { frozen: 0, quarantined: 0, accepted: 12, failed: 0 },
  undelivered: { failed: 0, bounced: 0 },
  events: { ...NOTHING, failing: 0, lastSeconds: null, silentSeconds: null, lagP95Seconds: null },
  imports: { done: 4 },
  importStillSeconds: null,
  audit: { ...NOTHING, sealedSeconds: 60, blocks: 7 },
  deletions: NOTHING,
  endpoints: { ...NOTHING, givenUp: 0 },
  database: { bytes: 1e9, connections: 20, maxConnections: 100, migrations: 43 },
};
const STORAGE: StorageState = {
  kind: "folder",
  answers: true,
  freeBytes: 5e10,
  anchor: { number: 7, hash: "", sealedAt: "" },
};
const RUN: OpenRun = {
  ...{ companySlug: "a", companyName: "A", run: "2026-12", publishedSeconds: 60 },
  ...{ electronic: 2, delivered: 1, fallback: 0, excluded: 0, open: 1 },
};
const since = (oldestSeconds: number) => ({ waiting: 1, oldestSeconds });
const watch = (
  state: Partial<OperationsState>,
  { storage = {}, runs = [RUN] }: { storage?: Partial<StorageState>; runs?: OpenRun[] } = {},
) =>
  troublesOf({
    state: { ...WELL, ...state },
    storage: { ...STORAGE, ...storage },
    runs,
    migrations: 43,
  });

/** What makes each trouble, and a little less of it. */
const CASES: Record<Trouble, [trouble: Trouble[], none: Trouble[]]> = {
  jobsLate: [
    watch({ queue: { ...WELL.queue, ...since(THRESHOLDS.jobLate + 1) } }),
    watch({ queue: { ...WELL.queue, ...since(THRESHOLDS.jobLate - 1) } }),
  ],
  jobsGaveUp: [watch({ queue: { ...WELL.queue, gaveUp: 1 } }), watch({})],
  jobsFailing: [watch({ queue: { ...WELL.queue, failing: 1 } }), watch({})],
  mailsLate: [
    watch({ mails: since(THRESHOLDS.mailLate + 1) }),
    // The pause is told by itself.
    watch({ mails: since(THRESHOLDS.mailLate + 1), pauses: 1 }),
  ],
  billsLate: [
    watch({ bills: since(THRESHOLDS.billLate + 1) }),
    watch({ bills: since(THRESHOLDS.billLate + 1), pauses: 1 }),
  ],
  undelivered: [watch({ undelivered: { failed: 0, bounced: 1 } }), watch({})],
  eventsStuck: [
    watch({ events: { ...WELL.events, failing: 1 } }),
    watch({ events: { ...WELL.events, ...since(THRESHOLDS.eventLate - 1) } }),
  ],
  eventsLag: [
    watch({ events: { ...WELL.events, lagP95Seconds: THRESHOLDS.eventLag + 1 } }),
    watch({ events: { ...WELL.events, lagP95Seconds: 1 } }),
  ],
  runOpen: [
    watch({}, { runs: [{ ...RUN, publishedSeconds: THRESHOLDS.runOpen + 1 }] }),
    watch({}, { runs: [RUN] }),
  ],
  importStill: [
    watch({ importStillSeconds: THRESHOLDS.importStill + 1 }),
    watch({ importStillSeconds: 1 }),
  ],
  importsFailed: [watch({ imports: { failed: 1 } }), watch({ imports: { done: 1 } })],
  auditUnsealed: [
    watch({ audit: { ...WELL.audit, ...since(THRESHOLDS.auditUnsealed + 1) } }),
    watch({ audit: { ...WELL.audit, ...since(60) } }),
  ],
  auditAnchor: [
    watch({}, { storage: { anchor: null } }),
    // A block that was sealed this moment.
    watch({ audit: { ...WELL.audit, blocks: 8 } }),
  ],
  deletionsUnrecorded: [
    watch({ deletions: since(THRESHOLDS.deletionUnrecorded + 1) }),
    watch({ deletions: since(1) }),
  ],
  endpointsLate: [
    watch({ endpoints: { ...since(THRESHOLDS.endpointLate + 1), givenUp: 0 } }),
    watch({ endpoints: { ...since(1), givenUp: 0 } }),
  ],
  storageSilent: [watch({}, { storage: { answers: false, anchor: null } }), watch({})],
  storageFull: [
    watch({}, { storage: { freeBytes: THRESHOLDS.freeBytes - 1 } }),
    watch({}, { storage: { kind: "bucket", freeBytes: null } }),
  ],
  connections: [
    watch({ database: { ...WELL.database, connections: 81 } }),
    watch({ database: { ...WELL.database, connections: 80 } }),
  ],
  schemaBehind: [watch({ database: { ...WELL.database, migrations: 42 } }), watch({})],
  schemaAhead: [watch({ database: { ...WELL.database, migrations: 44 } }), watch({})],
};

describe("what is wrong", () => {
  test.each(TROUBLES)("%s is told when it is so, and only then", (trouble) => {
    const [is, isNot] = CASES[trouble];
    expect(is).toEqual([trouble]);
    expect(isNot).toEqual([]);
  });

  test("grave things stand first", () => {
    const all = watch(
      {
        queue: { ...WELL.queue, ...since(9_999), failing: 1 },
        imports: { failed: 1 },
        database: { ...WELL.database, connections: 99 },
      },
      { storage: { freeBytes: 1 } },
    );
    expect(all.map(isGrave)).toEqual([true, true, true, false, false]);
  });

  test("each says what to do, in every language", () => {
    for (const language of LANGUAGES) {
      const { operations } = MESSAGES[language];
      expect(Object.keys(operations.trouble).sort()).toEqual([...TROUBLES].sort());
    }
  });
});
