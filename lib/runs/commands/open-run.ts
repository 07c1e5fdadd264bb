import { and, eq, gt, ne, type SQL, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { invoicingRuns } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { findCompany } from "@/lib/companies/queries";
import { fail, NotFoundError, ok, type Result } from "@/lib/errors";
import { nextCutOff } from "../queries/calendar";
import { getRun, type Run } from "../queries/run";
import { defaultRunName, isRunName, type RunActor, requireRunOperator } from "../rules";
import { lockCalendar } from "./schedule-runs";

/** `already`: a run with that cut-off stood there, and this is it. */
export type OpenedRun = Run & { already: boolean };

export type OpenRunFailure = "wrong_name" | "name_taken" | "cut_off_taken";

/**
 * Opens an invoicing run of a company. Without a cut-off it is the company's next one; one in the
 * past can be frozen at once. Without a name it is the cut-off's month.
 *
 * A month has one run, or else R11 would name a cut-off that no run has: in a month whose run of the
 * calendar is still to come, that run gets this cut-off and name, and is the operator's from then on.
 * Several runs that operators opened may stand in one month.
 * @throws {NotFoundError} if there is no such company
 * @throws {ForbiddenError} unless the actor may operate runs
 */
export async function openRun(
  ctx: Context<RunActor>,
  input: { company: string; cutOffAt?: Date; name?: string },
): Promise<Result<OpenedRun, OpenRunFailure>> {
  requireRunOperator(ctx.actor);
  return await inTransaction(ctx, async (tx) => {
    const company = await findCompany(tx.db, input.company);
    if (!company) {
      throw new NotFoundError(`company "${input.company}"`);
    }
    await lockCalendar(tx, company.id);
    const cutOffAt = input.cutOffAt ?? (await nextCutOff(tx, company.id));
    const own = await ofCalendar(tx, company.id, cutOffAt);
    const name = input.name ?? own?.name ?? defaultRunName(cutOffAt);
    if (!isRunName(name)) {
      return fail("wrong_name");
    }
    const slot = { name, cutOffAt };
    const standing = await otherRun(tx, company.id, own, eq(invoicingRuns.cutOffAt, cutOffAt));
    if (standing && !input.cutOffAt && (input.name ?? standing.name) === standing.name) {
      const run = await getRun(tx, { company: company.slug, run: standing.id });
      return ok({ ...run, already: true });
    }
    if (await otherRun(tx, company.id, own, eq(invoicingRuns.name, name), "also cancelled")) {
      return fail("name_taken");
    }
    if (standing) {
      return fail("cut_off_taken");
    }
    const id = own
      ? await takePlace(tx, company.id, own, slot)
      : await insertRun(tx, company.id, slot);
    const run = await getRun(tx, { company: company.slug, run: id });
    return ok({ ...run, already: own?.cutOffAt.getTime() === cutOffAt.getTime() });
  });
}

interface Slot {
  name: string;
  cutOffAt: Date;
}

/** The calendar's run in the month of a cut-off, while it is still to come. */
async function ofCalendar(
  { db }: TxContext,
  companyId: number,
  cutOffAt: Date,
): Promise<(Slot & { id: string }) | undefined> {
  const monthOf = (at: unknown) => sql`date_trunc('month', ${at} at time zone 'Europe/Rome')`;
  const [run] = await db
    .select({
      id: invoicingRuns.id,
      name: invoicingRuns.name,
      cutOffAt: invoicingRuns.cutOffAt,
    })
    .from(invoicingRuns)
    .where(
      and(
        eq(invoicingRuns.companyId, companyId),
        eq(invoicingRuns.state, "scheduled"),
        eq(invoicingRuns.origin, "calendar"),
        gt(invoicingRuns.cutOffAt, sql`clock_timestamp()`),
        eq(monthOf(invoicingRuns.cutOffAt), monthOf(sql`${cutOffAt.toISOString()}::timestamptz`)),
      ),
    )
    .for("no key update");
  return run;
}

/** A run of the company other than `own`; a cancelled one keeps its name and gives its cut-off back. */
async function otherRun(
  { db }: TxContext,
  companyId: number,
  own: { id: string } | undefined,
  such: SQL,
  cancelled?: "also cancelled",
): Promise<{ id: string; name: string } | undefined> {
  const [run] = await db
    .select({ id: invoicingRuns.id, name: invoicingRuns.name })
    .from(invoicingRuns)
    .where(
      and(
        eq(invoicingRuns.companyId, companyId),
        own && ne(invoicingRuns.id, own.id),
        cancelled ? undefined : ne(invoicingRuns.state, "cancelled"),
        such,
      ),
    );
  return run;
}

async function takePlace(
  tx: TxContext<RunActor>,
  companyId: number,
  own: Slot & { id: string },
  { name, cutOffAt }: Slot,
): Promise<string> {
  if (own.name === name && own.cutOffAt.getTime() === cutOffAt.getTime()) {
    return own.id;
  }
  await tx.db
    .update(invoicingRuns)
    .set({ name, cutOffAt, origin: "operator", openedAt: sql`clock_timestamp()` })
    .where(and(eq(invoicingRuns.companyId, companyId), eq(invoicingRuns.id, own.id)));
  await audit(tx, companyId, own.id, {
    name,
    cutOffAt: cutOffAt.toISOString(),
    insteadOf: own.name,
    insteadOfCutOffAt: own.cutOffAt.toISOString(),
  });
  return own.id;
}

async function insertRun(
  tx: TxContext<RunActor>,
  companyId: number,
  { name, cutOffAt }: Slot,
): Promise<string> {
  const id = uuidv7();
  await tx.db.insert(invoicingRuns).values({ companyId, id, name, cutOffAt });
  await audit(tx, companyId, id, { name, cutOffAt: cutOffAt.toISOString() });
  return id;
}

async function audit(
  tx: TxContext<RunActor>,
  companyId: number,
  subjectId: string,
  detail: Record<string, string>,
): Promise<void> {
  await recordAudit(tx, { action: "opened_run", companyId, subjectKind: "run", subjectId, detail });
}
