import { and, eq, lte, sql } from "drizzle-orm";
import { addressSuspensions, deliveryAddresses, deliveryChoices, invoicingRuns } from "@/db/schema";
import { tellPlanner } from "@/db/statistics";
import { recordAudit } from "@/lib/audit/commands";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { fail, ok, type Result } from "@/lib/errors";
import { getRun, type Run, type RunReference } from "../queries/run";
import { type RunActor, requireRunOperator } from "../rules";

export interface FrozenPlan {
  run: Run;
  electronic: number;
  paper: number;
  /** True when the plan stood already: nothing was changed. */
  already: boolean;
}

type Modes = { electronic: number; paper: number };

const NOTHING: Modes = { electronic: 0, paper: 0 };
const COUNTS = sql`count(*) filter (where mode = 'electronic')::int as electronic,
  count(*) filter (where mode = 'paper')::int as paper`;

export type FreezeRunFailure = "before_cut_off" | "cancelled";

/**
 * Freezes a run's delivery plan for its cut-off, however late this runs (R12). Twice, or from
 * many machines at once, there is one plan: whoever comes later is told it stands.
 * @throws {NotFoundError} if there is no such run
 * @throws {ForbiddenError} unless the actor may operate runs
 */
export async function freezeRun(
  ctx: Context<RunActor>,
  reference: RunReference,
): Promise<Result<FrozenPlan, FreezeRunFailure>> {
  requireRunOperator(ctx.actor);
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
    if (won.length === 0) {
      return ok({ run, ...(await countModes(tx, run)), already: true });
    }
    const modes = await writePlan(tx, run);
    await tellPlanner(db, modes.electronic + modes.paper, "delivery_plans");
    await recordAudit(tx, {
      action: "froze_run",
      companyId,
      subjectKind: "run",
      subjectId: id,
      detail: { name: run.name, ...modes },
    });
    return ok({ run, ...modes, already: false });
  });
}

/**
 * A choice is stamped before it is committed, and so are an address that its owner confirms and one
 * that a bounce suspends. Once the cut-off has passed, waiting here for those that are being saved
 * makes sure that one stamped before it is in the plan the customer was promised (R8, R11, R19). A
 * deletion of an account writes choices first. False: the cut-off is still to come.
 */
async function choicesHaveSettled(
  ctx: Context<RunActor>,
  reference: RunReference,
): Promise<boolean> {
  const { state, passed } = await inTransaction(ctx, async (tx) => {
    const run = await getRun(tx, reference);
    const [clock] = await tx.db.execute<{ passed: boolean }>(
      sql`select cut_off_at <= clock_timestamp() as passed from invoicing_runs
        where company_id = ${run.companyId} and id = ${run.id}`,
    );
    return { state: run.state, passed: clock?.passed === true };
  });
  if (state !== "scheduled" || !passed) {
    return state !== "scheduled";
  }
  // One at a time: those who write several take them in an order of their own.
  for (const table of [deliveryChoices, deliveryAddresses, addressSuspensions]) {
    await inTransaction(ctx, ({ db }) => db.execute(sql`lock table ${table} in share mode`));
  }
  return true;
}

/**
 * Writes the plan and counts it in the same pass. Company and cut-off are constants of the statement,
 * memory is allowed for, and keys are read in their order, hardly at random: so the planner goes through
 * a company once.
 */
async function writePlan({ db }: TxContext, run: Run): Promise<Modes> {
  const [exact] = await db.execute<{ cutOffAt: string }>(sql`
    select cut_off_at::text as "cutOffAt", set_config('work_mem', '64MB', true),
      set_config('random_page_cost', '1.1', true)
    from invoicing_runs
    where company_id = ${run.companyId} and id = ${run.id}`);
  const [modes] = await db.execute<Modes>(sql`
    with written as (
      insert into delivery_plans
        (company_id, run_id, contract_id, mode, email, reason, discount_cents, discount_basis,
          choice_id, mandate_id)
      select ${run.companyId}::smallint, ${run.id}::uuid, m.contract_id, m.mode, m.email, m.reason,
        m.discount_cents, m.discount_basis, m.choice_id, m.mandate_id
      from delivery_modes(${run.companyId}::smallint, null, ${exact?.cutOffAt}::timestamptz) m
      returning mode
    )
    select ${COUNTS} from written`);
  return modes ?? NOTHING;
}

async function countModes({ db }: TxContext, run: Run): Promise<Modes> {
  const [modes] = await db.execute<Modes>(sql`
    select ${COUNTS} from delivery_plans where company_id = ${run.companyId} and run_id = ${run.id}`);
  return modes ?? NOTHING;
}
