import { sql } from "drizzle-orm";
import type { TxContext } from "@/lib/auth/context";
import { type RunActor, requireRunOperator } from "../rules";

/** Months of a calendar that are looked at; no run is opened further ahead. */
const MONTHS = 1_200;

/**
 * Moves a company's scheduled runs of the calendar to where the calendar is now, in the caller's
 * transaction, which must hold the calendar's lock. A cut-off that has passed stays, and so does a
 * run (`left`) that would move into the past: choices made since were promised that it reaches them.
 */
export async function moveCalendar(
  tx: TxContext<RunActor>,
  companyId: number,
): Promise<{ moved: number; left: number }> {
  requireRunOperator(tx.actor);
  const [counts] = await tx.db.execute<{ moved: number; left: number }>(sql`
    with elsewhere as (
      select r.id, cut_off, cut_off > clock_timestamp() as to_come
      from invoicing_runs r
      join calendar_cut_offs(${companyId}::smallint, clock_timestamp(), ${MONTHS}) cut_off
        on date_trunc('month', cut_off at time zone 'Europe/Rome')
          = date_trunc('month', r.cut_off_at at time zone 'Europe/Rome')
      where r.company_id = ${companyId} and r.state = 'scheduled' and r.origin = 'calendar'
        and r.cut_off_at > clock_timestamp() and r.cut_off_at <> cut_off
    ), moved as (
      update invoicing_runs r set cut_off_at = e.cut_off
      from elsewhere e
      where r.company_id = ${companyId} and r.id = e.id and e.to_come and r.state = 'scheduled'
        and r.cut_off_at > clock_timestamp()
      returning r.id
    )
    select (select count(*)::int from moved) as moved,
      count(*) filter (where not to_come)::int as "left" from elsewhere`);
  return counts ?? { moved: 0, left: 0 };
}
