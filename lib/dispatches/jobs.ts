import { z } from "zod";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { drainDispatches } from "./drain";

const payloadSchema = z.looseObject({});

/** `drain_dispatches`: repeatable, and safe beside another. */
export async function drainDispatchesJob(
  ctx: Context<SystemActor>,
  payload: unknown,
  stop?: AbortSignal,
): Promise<void> {
  payloadSchema.parse(payload ?? {});
  await drainDispatches(ctx, { stop });
}
