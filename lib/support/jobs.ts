import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { mailCase } from "./commands/mail-case";
import { mailCasePayload } from "./schema";

/** The job `mail_case`. */
export async function mailCaseJob(ctx: Context<SystemActor>, payload: unknown): Promise<void> {
  await mailCase(ctx, mailCasePayload.parse(payload));
}
