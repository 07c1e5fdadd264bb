import { sql } from "drizzle-orm";
import { z } from "zod";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { log } from "@/lib/log";
import { sendingState } from "@/lib/mail/queries/sending-state";
import { askProvider } from "./commands/ask-provider";
import { carryOutDispatchOrder, resumeDispatchOrders } from "./commands/carry-out-dispatch-order";
import { turnSilentToPaper } from "./commands/turn-silent-to-paper";

/** `turn_silent_to_paper`, every hour; repeatable, and takes no payload (R19). */
export async function turnSilentToPaperJob(
  ctx: Context<SystemActor>,
  _payload: unknown,
  stop: AbortSignal,
): Promise<void> {
  await turnSilentToPaper(ctx, stop);
}

/**
 * `ask_provider`, every hour, a while before bills are turned to paper: an answer may spare that. Where it is
 * asked for more often, or by several machines, once in an hour all the same.
 */
export async function askProviderJob(
  ctx: Context<SystemActor>,
  _payload: unknown,
  stop: AbortSignal,
): Promise<void> {
  const [due] = await ctx.db.execute(sql`
    update provider_contact set asked_at = clock_timestamp()
    where asked_at is null or asked_at < clock_timestamp() - interval '50 minutes' returning id`);
  if (due) {
    const { unanswered } = await askProvider(ctx, { stop });
    if (unanswered) {
      log.warn({ reason: unanswered }, "the provider did not answer what it was asked");
    }
  }
}

/** `watch_provider`, every five minutes: mails that go out while nothing comes back are told of aloud (R18). */
export async function watchProviderJob(ctx: Context<SystemActor>): Promise<void> {
  const { eventsMissingSince, pauses } = await sendingState(ctx);
  if (eventsMissingSince) {
    log.error(
      { since: eventsMissingSince },
      "mails go out and no event of the provider comes back",
    );
  }
  for (const { companyName, reason, since } of pauses) {
    log.error({ company: companyName, reason, since }, "sending is paused until somebody acts");
  }
}

const orderSchema = z.object({
  companyId: z.int().positive(),
  contractId: z.uuid(),
  documentId: z.uuid(),
  orderId: z.uuid(),
});

/** `dispatch_order`: what staff ordered on a bill's page; its answer stands in the order. */
export async function dispatchOrderJob(ctx: Context<SystemActor>, payload: unknown): Promise<void> {
  await carryOutDispatchOrder(ctx, orderSchema.parse(payload));
}

/** `resume_dispatch_orders`, every minute: what a killed worker left behind is asked for again. */
export async function resumeDispatchOrdersJob(ctx: Context<SystemActor>): Promise<void> {
  await resumeDispatchOrders(ctx);
}
