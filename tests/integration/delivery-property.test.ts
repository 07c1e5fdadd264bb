import { sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Transaction } from "@/db/client";
import { histories, instant, mismatches, writeHistories } from "../factories/delivery-histories";
import {
  type Calendar,
  calendarCutOffs,
  dayInRome,
  lastCutOff,
  nextCutOff,
} from "../factories/delivery-oracle";
import { makeCompany } from "../factories/people";
import { type Clone, cloneDatabase } from "../setup/database";

/** `FULL` makes the searches ten times as wide; a failure prints the seed and the smallest case. */
const WIDTH = process.env.FULL ? 10 : 1;
const CONTRACTS = 60;

let clone: Clone;
let companyIds: [number, number];
beforeAll(async () => {
  clone = await cloneDatabase();
  companyIds = await clone.superuser.db.transaction(async (tx) => [
    (await makeCompany(tx)).id,
    (await makeCompany(tx)).id,
  ]);
});
afterAll(async () => {
  await clone.drop();
});

class RollBack extends Error {}

/** A try leaves nothing behind. */
async function trying<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
  let found: { value: T } | undefined;
  await clone.superuser.db
    .transaction(async (tx) => {
      found = { value: await work(tx) };
      throw new RollBack();
    })
    .catch((error: unknown) => {
      if (!(error instanceof RollBack)) {
        throw error;
      }
    });
  if (!found) {
    throw new Error("the try ended early");
  }
  return found.value;
}

test("R8 R9 R10 R12 R13 thousands of random histories are judged as the oracle judges them", {
  timeout: 60_000 * WIDTH,
}, async () => {
  let judged = 0;
  await fc.assert(
    fc.asyncProperty(histories(CONTRACTS), async (batch) => {
      const found = await trying(async (tx) => {
        await writeHistories(tx, companyIds, batch);
        return await mismatches(tx, companyIds, batch);
      });
      judged += batch.contracts.length;
      expect(found.slice(0, 3)).toEqual([]);
    }),
    { numRuns: 150 * WIDTH },
  );
  expect(judged).toBeGreaterThan(3_000 * WIDTH);
});

const STATES = ["scheduled", "frozen", "loaded", "published", "closed", "cancelled"];

const calendars = fc.record({
  cutOffDay: fc.integer({ min: 1, max: 28 }),
  cutOffHour: fc.integer({ min: 4, max: 23 }),
  runs: fc.uniqueArray(fc.record({ cutOffAt: instant, state: fc.constantFrom(...STATES) }), {
    selector: ({ cutOffAt }) => cutOffAt,
    maxLength: 4,
  }),
});

async function writeCalendar(tx: Transaction, companyId: number, calendar: Calendar) {
  await tx.execute(sql`update companies set cut_off_day = ${calendar.cutOffDay},
    cut_off_hour = ${calendar.cutOffHour} where id = ${companyId}`);
  await tx.execute(sql`insert into invoicing_runs (company_id, name, cut_off_at, state, cancel_reason)
    select ${companyId}::smallint, 'run-' || row_number() over (), r."cutOffAt", r.state,
      case when r.state = 'cancelled' then 'test' end
    from json_to_recordset(${JSON.stringify(calendar.runs)}::json) as r("cutOffAt" timestamptz, state text)`);
}

test("R11 R12 the next, the last and the calendar's cut-offs are as the oracle reckons them, through clock changes", {
  timeout: 60_000 * WIDTH,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      calendars,
      fc.array(instant, { minLength: 1, maxLength: 6 }),
      async (calendar, instants) => {
        const [companyId] = companyIds;
        const text = sql.raw(`'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`);
        const said = await trying(async (tx) => {
          await writeCalendar(tx, companyId, calendar);
          await tx.execute(sql`set local timezone to 'UTC'`);
          return await tx.execute<Record<string, unknown>>(sql`select asked.at,
              to_char(next_cut_off(${companyId}::smallint, asked.at::timestamptz), ${text}) as next,
              (select to_char(l.cut_off_at, ${text})
                from last_cut_off(${companyId}::smallint, asked.at::timestamptz) l) as last,
              (select json_agg(to_char(c, ${text}) order by c)
                from calendar_cut_offs(${companyId}::smallint, asked.at::timestamptz, 14) c) as months
            from json_array_elements_text(${JSON.stringify(instants)}::json) as asked(at)`);
        });
        expect([...said]).toEqual(
          instants.map((at) => ({
            at,
            next: nextCutOff(calendar, at),
            last: lastCutOff(calendar, at),
            months: calendarCutOffs(calendar, at, 14),
          })),
        );
      },
    ),
    { numRuns: 100 * WIDTH },
  );
});

test("the oracle knows Rome's days: midnight falls at 22 or 23 o'clock of UTC", () => {
  expect(dayInRome("2026-06-30T21:59:59.999999Z")).toBe("2026-06-30");
  expect(dayInRome("2026-06-30T22:00:00.000000Z")).toBe("2026-07-01");
  expect(dayInRome("2026-11-30T22:59:59.999999Z")).toBe("2026-11-30");
  expect(dayInRome("2026-11-30T23:00:00.000000Z")).toBe("2026-12-01");
});
