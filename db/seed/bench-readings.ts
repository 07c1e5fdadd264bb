import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { TransactionSql } from "postgres";
import { dayTotals } from "@/lib/consumption/rules";
import { addDays } from "@/lib/time";
import { electricDays } from "./quarter-hours";
import { monthsFrom } from "./supplied";
import { daysBetween } from "./weather";

const WITH_INTERVALS = 1_000;
/** Households whose days all others repeat: what is measured is the rows, not their variety. */
const HOUSEHOLDS = 16;

/**
 * A year of quarter-hours for the first contracts of the table `bench`, and for the rest the daily
 * totals of the last 30 days.
 */
export async function seedBenchReadings(
  sql: TransactionSql,
  companyId: number,
  today: string,
): Promise<void> {
  const from = monthsFrom(today, -12);
  await sql`select ensure_consumption_months(${from}::date, ${today}::date)`;
  await sql`create temp table bench_days (
    household int, local_day date, intervals int[], quality text, total int, f1 int, f2 int,
    f3 int, estimated int, missing int, peak int) on commit drop`;
  const copy = await sql`copy bench_days from stdin`.writable();
  await pipeline(Readable.from(householdDays(from, addDays(today, -1))), copy);
  await sql`analyze bench_days`;
  await sql`insert into load_profiles (company_id, contract_id, direction, local_day, revision,
      interval_minutes, intervals, quality, source)
    select ${companyId}, b.contract_id, 'consumption', d.local_day, 1, 15, d.intervals, d.quality,
      'bench'
    from bench b join bench_days d on d.household = b.n % ${HOUSEHOLDS}
    where b.n < ${WITH_INTERVALS}
    order by b.n, d.local_day`;
  await sql`insert into daily_consumption (company_id, contract_id, direction, local_day, revision,
      total, f1, f2, f3, intervals, estimated, missing, peak)
    select ${companyId}, b.contract_id, 'consumption', d.local_day, 1, d.total, d.f1, d.f2, d.f3,
      cardinality(d.intervals), d.estimated, d.missing, d.peak
    from bench b join bench_days d on d.household = b.n % ${HOUSEHOLDS}
    where b.n < ${WITH_INTERVALS} or d.local_day >= ${addDays(today, -30)}
    order by b.n, d.local_day`;
}

function* householdDays(from: string, to: string): Generator<string> {
  const days = daysBetween(from, to);
  const supply = { commodity: "electricity", mandate: "active", usage: "family" } as const;
  for (let household = 0; household < HOUSEHOLDS; household += 1) {
    for (const { consumption } of electricDays(`bench ${household}`, supply, days, to)) {
      const totals = dayTotals(consumption, "computed");
      const columns = [
        household,
        consumption.localDay,
        `{${consumption.values.join()}}`,
        consumption.quality,
        ...[totals.total, totals.f1, totals.f2, totals.f3],
        ...[totals.estimated, totals.missing, totals.peak],
      ];
      yield `${columns.map((value) => value ?? "\\N").join("\t")}\n`;
    }
  }
}
