import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { warnMandateEnds } from "./commands/warn-mandate-ends";

/** The job `warn_mandate_ends` (R14): repeatable, and takes no payload. */
export async function warnMandateEndsJob(ctx: Context<SystemActor>): Promise<void> {
  await warnMandateEnds(ctx);
}
