import { sql } from "drizzle-orm";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { findCompany } from "@/lib/companies/queries";
import { NotFoundError } from "@/lib/errors";
import { type RunActor, requireRunReader } from "../rules";

export interface Calendar {
  /** Day of the month and hour on Rome's clock. */
  cutOffDay: number;
  cutOffHour: number;
  /** The next cut-off, of a run or else of the calendar (R11). */
  nextCutOffAt: Date;
}

/**
 * A company's calendar and its next cut-off.
 * @throws {NotFoundError} if there is no such company
 * @throws {ForbiddenError} for a role that may not see runs
 */
export async function getCalendar(ctx: Context<RunActor>, slug: string): Promise<Calendar> {
  requireRunReader(ctx.actor);
  return await inTransaction(ctx, async (tx) => {
    const company = await findCompany(tx.db, slug);
    if (!company) {
      throw new NotFoundError(`company "${slug}"`);
    }
    const { cutOffDay, cutOffHour } = company;
    return { cutOffDay, cutOffHour, nextCutOffAt: await nextCutOff(tx, company.id) };
  });
}

/** A company's first cut-off from now on (R11). */
export async function nextCutOff({ db }: TxContext, companyId: number): Promise<Date> {
  const [row] = await db.execute<{ at: string }>(
    sql`select to_char(next_cut_off(${companyId}::smallint, clock_timestamp()) at time zone 'UTC',
      'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at`,
  );
  if (!row?.at) {
    throw new Error("the company's calendar has no next cut-off");
  }
  return new Date(row.at);
}
