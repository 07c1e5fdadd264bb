import { z } from "zod";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { sendAccountMail } from "./commands";

const payloadSchema = z.object({ mailId: z.uuid() });

/** `send_account_mail`: repeatable, since a mail leaves `queued` once. */
export async function sendAccountMailJob(
  ctx: Context<SystemActor>,
  payload: unknown,
): Promise<void> {
  await sendAccountMail(ctx, payloadSchema.parse(payload).mailId);
}
