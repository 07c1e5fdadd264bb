import { and, eq, lte, sql } from "drizzle-orm";
import { deliveryAddresses, deliveryChoices, invoicingRuns } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { fail, ok, type Result } from "@/lib/errors";
import { getRun, type Run, type RunReference } from "../queries";

export interface FrozenPlan {
  run: Run;
  electronic: number;
  paper: number;
  /** True when the plan stood already: nothing was changed. */
  already: boolean;
}

export type FreezeRunFailure = "before_cut_off" | "cancelled";

/**
 * Freezes a run's delivery plan for its cut-off, however late this runs (R12). Twice, or from
 * many machines at once, there is one plan: whoever comes later is told it stands.
 * @throws {NotFoundError} if there is no such run
 */
export async function freezeRun(
  ctx: Context<SystemActor>,
  reference: RunReference,
): Promise<Result<FrozenPlan, FreezeRunFailure>> {
  if (!(await choicesHaveSettled(ctx, reference))) {
    return fail("before_cut_off");
  }
  return await inTransaction(ctx, async (tx) => {
    const { db } = tx;
    const { companyId, id } = await getRun(tx, reference);
    const won = await db
      .update(invoicingRuns)
      .set({ state: "frozen", frozenAt: sql`clock_timestamp()` })
      .where(
        and(
          eq(invoicingRuns.companyId, companyId),
          eq(invoicingRuns.id, id),
          eq(invoicingRuns.state, "scheduled"),
          lte(invoicingRuns.cutOffAt, sql`clock_timestamp()`),
        ),
      )
      .returning({ id: invoicingRuns.id });
    const run = await getRun(tx, reference);
    if (won.length === 0 && run.state === "scheduled") {
      return fail("before_cut_off");
    }
    if (run.state === "cancelled") {
      return fail("cancelled");
    }
    const already = won.length === 0;
    if (!already) {
      await writePlan(tx, run);
    }
    return ok({ run, ...(await countModes(tx, run)), already });
  });
}

/**
 * A choice is stamped before it is committed, and so is an address that its owner confirms. Once the
 * cut-off has passed, waiting here for those that are being saved makes sure that one stamped before
 * it is in the plan the customer was promised (R8, R11). False: the cut-off is still to come.
 */
async function choicesHaveSettled(
  ctx: Context<SystemActor>,
  reference: RunReference,
): Promise<boolean> {
  const passed = await inTransaction(ctx, async (tx) => {
    const run = await getRun(tx, reference);
    const [clock] = await tx.db.execute<{ passed: boolean }>(
      sql`select cut_off_at <= clock_timestamp() as passed from invoicing_runs
        where company_id = ${run.companyId} and id = ${run.id}`,
    );
    return run.state !== "scheduled" || clock?.passed === true;
  });
  // One at a time: those who write both take them in an order of their own.
  for (const table of passed ? [deliveryChoices, deliveryAddresses] : []) {
    await inTransaction(ctx, ({ db }) => db.execute(sql`lock table ${table} in share mode`));
  }
  return passed;
}

async function writePlan(tx: TxContext<SystemActor>, run: Run): Promise<void> {
  await tx.db.execute(sql`insert into delivery_plans
      (company_id, run_id, contract_id, mode, email, reason, discount_cents, discount_basis,
        choice_id, mandate_id)
    select r.company_id, r.id, m.contract_id, m.mode, m.email, m.reason, m.discount_cents,
      m.discount_basis, m.choice_id, m.mandate_id
    from invoicing_runs r
    cross join lateral delivery_modes(r.company_id, null, r.cut_off_at) m
    where r.company_id = ${run.companyId} and r.id = ${run.id}`);
  await recordAudit(tx, {
    action: "froze_run",
    companyId: run.companyId,
    subjectKind: "run",
    subjectId: run.id,
    detail: { name: run.name, ...(await countModes(tx, run)) },
  });
}

async function countModes({ db }: TxContext, run: Run) {
  const [modes] = await db.execute<{ electronic: number; paper: number }>(sql`
    select count(*) filter (where mode = 'electronic')::int as electronic,
      count(*) filter (where mode = 'paper')::int as paper
    from delivery_plans where company_id = ${run.companyId} and run_id = ${run.id}`);
  return { electronic: modes?.electronic ?? 0, paper: modes?.paper ?? 0 };
}
