import { asc, eq, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { companies, invoicingRuns } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { defaultRunName, type RunActor, requireRunOperator } from "../rules";

/** How far ahead the calendars' runs stand, unless told. */
const MONTHS_AHEAD = 6;

/**
 * Gives every company the runs of its calendar (R12) that are still to come in this month and the
 * `monthsAhead` after it. A month that has a run, whatever its state and whose ever it is, gets no
 * other: R11 names one run a month. Again, or from two machines at once, it adds nothing.
 * @throws {ForbiddenError} unless the actor may operate runs
 */
export async function scheduleRuns(
  ctx: Context<RunActor>,
  { monthsAhead = MONTHS_AHEAD }: { monthsAhead?: number } = {},
): Promise<{ added: number }> {
  requireRunOperator(ctx.actor);
  const known = await inTransaction(ctx, ({ db }) =>
    db.select({ id: companies.id }).from(companies).orderBy(asc(companies.id)),
  );
  let added = 0;
  for (const { id } of known) {
    added += await inTransaction(ctx, (tx) => scheduleRunsOf(tx, id, monthsAhead));
  }
  return { added };
}

/** The same for one company; returns how many were added. */
export async function scheduleRunsOf(
  tx: TxContext<RunActor>,
  companyId: number,
  monthsAhead = MONTHS_AHEAD,
): Promise<number> {
  await lockCalendar(tx, companyId);
  const missing = await missingCutOffs(tx, companyId, monthsAhead);
  if (missing.length === 0) {
    return 0;
  }
  const taken = new Set(await namesOfRuns(tx, companyId));
  for (const cutOffAt of missing) {
    const name = freeName(defaultRunName(cutOffAt), taken);
    taken.add(name);
    const id = uuidv7();
    await tx.db.insert(invoicingRuns).values({ companyId, id, name, cutOffAt, origin: "calendar" });
    await recordAudit(tx, {
      action: "scheduled_run",
      companyId,
      subjectKind: "run",
      subjectId: id,
      detail: { name, cutOffAt: cutOffAt.toISOString() },
    });
  }
  return missing.length;
}

/** Who adds runs to a company's calendar, or moves them, waits for each other here. */
export async function lockCalendar({ db }: TxContext, companyId: number): Promise<void> {
  await db
    .select({ id: companies.id })
    .from(companies)
    .where(eq(companies.id, companyId))
    .for("no key update");
}

async function missingCutOffs({ db }: TxContext, companyId: number, monthsAhead: number) {
  const rows = await db.execute<{ ms: string }>(sql`
    select (extract(epoch from cut_off) * 1000)::bigint::text as ms
    from calendar_cut_offs(${companyId}::smallint, clock_timestamp(), ${monthsAhead + 1}::int) cut_off
    where cut_off > clock_timestamp() and not month_has_run(${companyId}::smallint, cut_off)
    order by cut_off`);
  return rows.map(({ ms }) => new Date(Number(ms)));
}

async function namesOfRuns({ db }: TxContext, companyId: number): Promise<string[]> {
  const rows = await db
    .select({ name: invoicingRuns.name })
    .from(invoicingRuns)
    .where(eq(invoicingRuns.companyId, companyId));
  return rows.map(({ name }) => name);
}

function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let number = 2; taken.has(name); number += 1) {
    name = `${wanted}-${number}`;
  }
  return name;
}
