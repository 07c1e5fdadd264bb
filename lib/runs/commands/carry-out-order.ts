import { randomUUID } from "node:crypto";
import { and, eq, isNull, lt, or, sql } from "drizzle-orm";
import { companies, invoicingRuns, runOrders, staff } from "@/db/schema";
import type { StaffActor, SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { approveWithdrawal } from "@/lib/documents/commands/approve-withdrawal";
import { withdrawDocuments } from "@/lib/documents/commands/withdraw-documents";
import { ForbiddenError, NotFoundError, type Result } from "@/lib/errors";
import { enqueue } from "@/lib/jobs/queue";
import { log } from "@/lib/log";
import { refusedBills } from "../queries/refused-bills";
import type { RunReference } from "../queries/run";
import { approveRun } from "./approve-run";
import { cancelRun } from "./cancel-run";
import { closeRun } from "./close-run";
import { freezeRun } from "./freeze-run";
import { publishRun } from "./publish-run";

/** An order that a killed worker left behind may be taken again after so long. */
const LEFT_BEHIND = sql`interval '2 minutes'`;

export interface OrderReference {
  companyId: number;
  runId: string;
  orderId: string;
}

type Detail = (typeof runOrders.$inferSelect)["detail"];
type Order = NonNullable<Awaited<ReturnType<typeof claimOrder>>>;

interface Answer {
  /** `done`, or the code why not. */
  outcome: string;
  detail: Detail;
}

/**
 * Carries out what a member of staff ordered, as that person and with their role of now, and writes
 * the answer to the order. Once: a second worker, or a second time, finds it taken or finished. All
 * but a freeze commit together with their answer, so that a killed worker leaves both or neither;
 * a freeze done twice gives one plan (R12).
 */
export async function carryOutOrder(
  ctx: Context<SystemActor>,
  reference: OrderReference,
): Promise<void> {
  const order = await claimOrder(ctx, reference);
  if (!order) {
    return;
  }
  const asStaff: Context<StaffActor> = { db: ctx.db, actor: order.actor };
  try {
    if (order.disabled) {
      throw new ForbiddenError("disabled");
    }
    if (order.step === "freeze") {
      await finish(asStaff, reference, await carryOut(asStaff, order));
    } else {
      await inTransaction(asStaff, async (tx) => {
        if (await holdOpen(tx, reference)) {
          await finish(tx, reference, await carryOut(tx, order));
        }
      });
    }
  } catch (error) {
    await finish(ctx, reference, answerTo(error));
  }
}

/** Asks again for orders that a killed worker left behind. Returns how many. */
export async function resumeOrders(ctx: Context<SystemActor>): Promise<number> {
  return await inTransaction(ctx, async (tx) => {
    const left = await tx.db
      .select({ companyId: runOrders.companyId, runId: runOrders.runId, orderId: runOrders.id })
      .from(runOrders)
      .where(
        and(
          isNull(runOrders.finishedAt),
          lt(
            sql`coalesce(${runOrders.startedAt}, ${runOrders.orderedAt})`,
            sql`clock_timestamp() - ${LEFT_BEHIND}`,
          ),
        ),
      );
    for (const order of left) {
      await enqueue(tx, "run_step", order, `run-step-${order.orderId}`);
    }
    return left.length;
  });
}

const oneOrder = ({ companyId, runId, orderId }: OrderReference) =>
  and(
    eq(runOrders.companyId, companyId),
    eq(runOrders.runId, runId),
    eq(runOrders.id, orderId),
    isNull(runOrders.finishedAt),
  );

async function claimOrder(ctx: Context<SystemActor>, reference: OrderReference) {
  return await inTransaction(ctx, async ({ db }) => {
    const [claimed] = await db
      .update(runOrders)
      .set({ startedAt: sql`clock_timestamp()` })
      .where(
        and(
          oneOrder(reference),
          or(
            isNull(runOrders.startedAt),
            lt(runOrders.startedAt, sql`clock_timestamp() - ${LEFT_BEHIND}`),
          ),
          // Whoever carries it out holds it: nobody waits for that, however long it takes.
          sql`${runOrders.id} in (select o.id from run_orders o where o.company_id = ${reference.companyId}
            and o.run_id = ${reference.runId} and o.id = ${reference.orderId} for update skip locked)`,
        ),
      )
      .returning({
        id: runOrders.id,
        step: runOrders.step,
        reason: runOrders.reason,
        detail: runOrders.detail,
      });
    const [about] = await db
      .select({
        company: companies.slug,
        run: invoicingRuns.id,
        staffId: staff.id,
        role: staff.role,
        name: staff.name,
        email: staff.email,
        disabledAt: staff.disabledAt,
      })
      .from(runOrders)
      .innerJoin(companies, eq(companies.id, runOrders.companyId))
      .innerJoin(
        invoicingRuns,
        and(
          eq(invoicingRuns.companyId, runOrders.companyId),
          eq(invoicingRuns.id, runOrders.runId),
        ),
      )
      .innerJoin(staff, eq(staff.id, runOrders.orderedBy))
      .where(oneOrder(reference));
    if (!claimed || !about) {
      return null;
    }
    const { company, run, disabledAt, ...person } = about;
    // No session stands behind a job: the order itself is what the person signed for.
    const actor: StaffActor = { kind: "staff", sessionId: claimed.id, ...person };
    return { ...claimed, run: { company, run }, actor, disabled: disabledAt !== null };
  });
}

/** Another worker that took the order as left behind waits here, and finds it finished. */
async function holdOpen({ db }: Context<StaffActor>, reference: OrderReference): Promise<boolean> {
  const open = await db
    .select({ id: runOrders.id })
    .from(runOrders)
    .where(oneOrder(reference))
    .for("update");
  return open.length > 0;
}

async function finish(
  ctx: Context,
  reference: OrderReference,
  { outcome, detail }: Answer,
): Promise<void> {
  await inTransaction(ctx, async ({ db }) => {
    await db
      .update(runOrders)
      .set({
        finishedAt: sql`clock_timestamp()`,
        outcome,
        detail: sql`${runOrders.detail} || ${JSON.stringify(detail)}::jsonb`,
      })
      .where(oneOrder(reference));
  });
}

async function carryOut(ctx: Context<StaffActor>, order: Order): Promise<Answer> {
  const run: RunReference = order.run;
  const reason = order.reason ?? "";
  switch (order.step) {
    case "freeze":
      return answer(await freezeRun(ctx, run));
    case "publish":
      return answer(await publishRun(ctx, run));
    case "close":
      return answer(await closeRun(ctx, run));
    case "cancel":
      return answer(await cancelRun(ctx, { ...run, reason }));
    case "approve": {
      const { withdrawalId } = order.detail;
      return typeof withdrawalId === "string"
        ? answer(await approveWithdrawal(ctx, { company: run.company, withdrawalId }))
        : answer(await approveRun(ctx, run));
    }
    case "withdraw": {
      const billNumbers = String(order.detail.billNumbers ?? "").split("\n");
      const asked = await withdrawDocuments(ctx, { ...run, billNumbers, reason });
      return asked.ok
        ? answer(asked)
        : { outcome: asked.code, detail: await refusedBills(ctx, run, asked.code, billNumbers) };
    }
  }
}

/** Of a command's value what the page tells. */
const TOLD = [
  "documents",
  "electronic",
  "paper",
  "needed",
  "already",
  "withdrawalId",
  "carriedOut",
  "told",
];

function answer(result: Result<object, string>): Answer {
  if (!result.ok) {
    return { outcome: result.code, detail: {} };
  }
  const told = Object.entries(result.value).filter(([key]) => TOLD.includes(key));
  return { outcome: "done", detail: Object.fromEntries(told) };
}

function answerTo(error: unknown): Answer {
  if (error instanceof ForbiddenError) {
    return { outcome: "forbidden", detail: {} };
  }
  if (error instanceof NotFoundError) {
    return { outcome: "not_found", detail: {} };
  }
  const reference = randomUUID().slice(0, 8);
  log.error({ err: error, reference }, "run order failed");
  return { outcome: "unexpected", detail: { reference } };
}
