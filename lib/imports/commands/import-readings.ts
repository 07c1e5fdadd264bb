import { sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { rowsInPieces } from "@/db/cursor";
import { type Actor, actorId, type SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { holdProfiles, keepRevisions } from "@/lib/consumption/commands";
import { dayTotals, profileFault } from "@/lib/consumption/rules";
import { romeDay } from "@/lib/time";
import {
  type ImportInput,
  type ImportKind,
  type ImportOutcome,
  orStale,
  type Source,
} from "../kind";
import { csvFormatOf } from "../layouts/choose-profile";
import { readReadings } from "../layouts/read-readings";
import type { ReadingDay } from "../layouts/reading-day";
import type { StagedRow, Staging } from "../staging";
import { checkReadings, READING_STAGING } from "./check-readings";
import { takeOver } from "./take-over";

export interface ReadingsInput extends ImportInput {
  /** Whose readings these are, where the file does not say. */
  contractNumber?: string;
  /** A layout's name or the path of a profile; without it the header tells. */
  layout?: string;
}

export interface ReadingsOutcome extends ImportOutcome {
  /** Base units per contract number: what the file says of it, missing intervals left out. */
  totals: Record<string, number>;
}

/** Files of readings; each import has one of its own, since it gathers totals, where somebody wants them. */
export function readingsKind(totals?: Record<string, number>): ImportKind<ReadingsInput> {
  return {
    name: "readings",
    lockOf: ({ id }) => id,
    optionsOf: ({ contractNumber, layout }) => ({
      ...(contractNumber === undefined ? {} : { contractNumber }),
      ...(layout === undefined ? {} : { layout }),
    }),
    columns: READING_STAGING,
    formatOf: ({ file, layout }) => csvFormatOf(file, layout),
    fills: [],
    batchRows: 20_000,
    async *read({ input, faults }) {
      const today = romeDay(new Date());
      let days = 0;
      for await (const some of readReadings({ path: input.file, layout: input.layout }, faults)) {
        days += some.length;
        yield some.flatMap((day) => {
          const coming = day.localDay > today ? `${day.localDay} is still to come` : null;
          const fault = coming ?? profileFault(day);
          if (fault) {
            faults.add({ line: day.line, reason: fault });
          }
          return fault ? [] : [toRow(day)];
        });
      }
      if (days === 0 && faults.isEmpty) {
        faults.add({ reason: "the file has a header and no days" });
      }
    },
    async check({ db }, source, staging) {
      await checkReadings(db, source, staging);
      if (totals && source.input.dryRun) {
        await addTotals(db, staging, totals);
      }
    },
    async prepare(ctx, _source, { table }) {
      // Making a partition locks the tables, so it is done before and not while days are written.
      await inTransaction(ctx, async ({ db }) => {
        await db.execute(sql`select ensure_consumption_months(month::date, month::date)
          from (select distinct date_trunc('month', local_day) as month from ${table}) m`);
      });
    },
    async apply({ db }, { company }, batch) {
      await holdProfiles(db, company.id);
      const days = sql`(select ${company.id}::smallint as company_id, s.* from ${batch} s)`;
      await orStale("load_profiles", () => keepRevisions(db, days));
      return [];
    },
    async finish({ db, actor }, source, _outcome, staging) {
      if (totals) {
        await addTotals(db, staging, totals);
      }
      await recordReadings(db, actor, source, staging);
    },
  };
}

/**
 * Loads readings from a file (R22): new and differing days become a new revision, identical ones stay.
 * @throws {ImportRefusedError} with every fault by line and column; nothing was changed then
 * @throws {RefusalError} if there is no such company
 */
export async function importReadings(
  ctx: Context<SystemActor>,
  input: ReadingsInput,
): Promise<ReadingsOutcome> {
  const totals: Record<string, number> = {};
  const outcome = await takeOver(ctx, readingsKind(totals), input);
  return { ...outcome, totals };
}

function toRow(day: ReadingDay): StagedRow {
  const totals = dayTotals(day, day.measuredBands ?? "computed");
  return {
    line: day.line,
    of_contract: day.of?.by === "contract_number" ? day.of.value : null,
    of_point: day.of?.by === "supply_point" ? day.of.value : null,
    commodity: day.commodity,
    volume: day.volume ?? null,
    direction: day.direction,
    local_day: day.localDay,
    interval_minutes: day.intervalMinutes,
    intervals: day.values,
    quality: day.quality,
    source: day.source,
    total: totals.total,
    f1: totals.f1,
    f2: totals.f2,
    f3: totals.f3,
    measured: totals.bandsMeasured,
    estimated: totals.estimated,
    missing: totals.missing,
    peak: totals.peak,
  };
}

async function addTotals(
  db: Transaction,
  { table }: Staging,
  totals: Record<string, number>,
): Promise<void> {
  const sums = rowsInPieces<{ number: string; total: string }>(
    db,
    sql`select contract_number as number, sum(total)::text as total from ${table}
      where contract_number is not null group by 1 order by 1`,
  );
  for await (const rows of sums) {
    for (const { number, total } of rows) {
      totals[number] = Number(total);
    }
  }
}

/** R30: whose consumption was written, and of which days. */
async function recordReadings(
  db: Transaction,
  actor: Actor,
  { company, importId }: Source,
  { table }: Staging,
): Promise<void> {
  await db.execute(sql`insert into audit_log
      (actor_kind, actor_id, action, company_id, subject_kind, subject_id, detail)
    select ${actor.kind}, ${actorId(actor)}, 'stored_readings', ${company.id}::smallint,
      'contract', contract_id, jsonb_build_object('importId', ${importId}::text,
        'layout', min(source), 'from', min(local_day), 'to', max(local_day))
    from ${table} group by contract_id order by contract_id`);
}
