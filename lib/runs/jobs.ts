import { z } from "zod";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { carryOutOrder, resumeOrders } from "./commands/carry-out-order";
import { freezeDueRuns } from "./commands/freeze-due-runs";
import { scheduleRuns } from "./commands/schedule-runs";

const nothing = z.looseObject({});

/** `freeze_due_runs`, every minute: exactly one plan, however many machines do it. */
export async function freezeDueRunsJob(ctx: Context<SystemActor>, payload: unknown): Promise<void> {
  nothing.parse(payload ?? {});
  const { failed } = await freezeDueRuns(ctx);
  if (failed > 0) {
    throw new Error("some runs could not be frozen");
  }
}

/** `schedule_runs`, every hour: the calendars' next months. */
export async function scheduleRunsJob(ctx: Context<SystemActor>, payload: unknown): Promise<void> {
  nothing.parse(payload ?? {});
  await scheduleRuns(ctx);
}

const orderSchema = z.object({
  companyId: z.int().positive(),
  runId: z.uuid(),
  orderId: z.uuid(),
});

/** `run_step`: what staff ordered on a run's page; its answer stands in the order. */
export async function runStepJob(ctx: Context<SystemActor>, payload: unknown): Promise<void> {
  await carryOutOrder(ctx, orderSchema.parse(payload));
}

/** `resume_run_orders`, every minute: what a killed worker left behind is asked for again. */
export async function resumeRunOrdersJob(
  ctx: Context<SystemActor>,
  payload: unknown,
): Promise<void> {
  nothing.parse(payload ?? {});
  await resumeOrders(ctx);
}
