import { sql } from "drizzle-orm";
import { contracts, type FINDING_KINDS, selfReadings } from "@/db/schema";
import { type Context, inTransaction } from "@/lib/auth/context";
import { visibleContracts } from "@/lib/contracts/scope";
import type { Commodity } from "../quantity";
import { visibleSelfReadings } from "../scope";
import {
  isOpen,
  nextOpenDays,
  type OpenDays,
  REMOTE_DAYS,
  type ReadingWindow,
} from "../self-reading";
import type { Unusual } from "../statistics/unusual";

/** What was noticed longer ago calls for nothing any more. */
const NEWS_DAYS = 30;
const MOST_SUPPLIES = 20;

/** A supply that asks something of its customer. */
export interface SupplyNews {
  contractId: string;
  contractNumber: string;
  commodity: Commodity;
  /** The days on which its meter can be read, today among them, and nothing was told of it yet. */
  toRead: OpenDays | null;
  /** What was noticed of late. */
  unusual: Unusual | null;
}

interface NewsRow extends Omit<SupplyNews, "toRead" | "unusual"> {
  [column: string]: unknown;
  windows: ReadingWindow[] | null;
  lastReadOn: string | null;
  kind: (typeof FINDING_KINDS)[number] | null;
  fromDay: string;
  toDay: string;
  measured: number;
  usual: number;
}

/**
 * The actor's running supplies whose meter waits to be read or whose consumption was unusual of late, in one
 * statement however many they are (R25). Of a former holder's days nothing is told (R5).
 * @param today Europe/Rome
 */
export async function listSupplyNews(ctx: Context, today: string): Promise<SupplyNews[]> {
  const rows = await inTransaction(
    ctx,
    async ({ db, actor }) =>
      await db.execute<NewsRow>(sql`
        select ${contracts.id} as "contractId", ${contracts.contractNumber} as "contractNumber",
          ${contracts.commodity}, open.windows, finding.kind, finding.from_day::text as "fromDay",
          finding.to_day::text as "toDay", finding.measured, finding.usual,
          (select max(${selfReadings.readOn})::text from ${selfReadings}
            where ${selfReadings.companyId} = ${contracts.companyId} and ${selfReadings.contractId} = ${contracts.id}
              and ${selfReadings.state} <> 'refused' and ${visibleSelfReadings(actor) ?? sql`true`}) as "lastReadOn"
        from ${contracts}
        left join lateral (
          select json_agg(json_build_object('opensOnDay', w.opens_on_day, 'closesOnDay', w.closes_on_day,
            'validFrom', w.valid_from, 'validUntil', w.valid_until)) as windows
          from self_reading_windows w
          where w.company_id = ${contracts.companyId} and w.commodity = ${contracts.commodity}
            -- A meter that tells its count by itself needs nobody; what was estimated was not read (R22).
            and not exists (select from daily_consumption d
              where d.company_id = ${contracts.companyId} and d.contract_id = ${contracts.id}
                and d.direction = 'consumption' and d.intervals > d.missing + d.estimated
                and d.local_day between ${today}::date - ${REMOTE_DAYS}::int and ${today}::date)
        ) open on true
        left join lateral (
          select f.* from consumption_findings f
          where f.company_id = ${contracts.companyId} and f.contract_id = ${contracts.id}
            and f.from_day >= ${contracts.heldSince} and f.to_day >= ${today}::date - ${NEWS_DAYS}::int
          order by f.to_day desc, f.id desc
          limit 1
        ) finding on true
        where ${visibleContracts(actor) ?? sql`true`} and ${contracts.startsOn} <= ${today}::date
          and coalesce(${contracts.endsOn} >= ${today}::date, true)
          and (open.windows is not null or finding.kind is not null)
        order by ${contracts.contractNumber}
        limit ${MOST_SUPPLIES}`),
  );
  return rows.flatMap((row) => newsOf(row, today) ?? []);
}

function newsOf(row: NewsRow, today: string): SupplyNews | null {
  const { contractId, contractNumber, commodity, windows, lastReadOn } = row;
  const { kind, fromDay, toDay, measured, usual } = row;
  const days = nextOpenDays(windows ?? [], today);
  const toRead =
    isOpen(days, today) && (lastReadOn === null || lastReadOn < days.from) ? days : null;
  const unusual = kind && { kind, fromDay, toDay, measured, usual };
  return toRead || unusual ? { contractId, contractNumber, commodity, toRead, unusual } : null;
}
