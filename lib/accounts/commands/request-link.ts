import { v7 as uuidv7 } from "uuid";
import { linkRequests } from "@/db/schema";
import type { VisitorActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { withinLimits } from "@/lib/auth/limits";
import type { Language } from "@/lib/i18n/languages";
import { enqueue } from "@/lib/jobs/queue";

export interface LinkRequest {
  kind: "reset_password" | "confirm_account" | "staff_password";
  email: string;
  language: Language;
}

/**
 * Takes down that somebody wants a link by e-mail: a forgotten password's, or the confirmation once more.
 * Nothing about the e-mail is looked up here, and the work is the same for all (R3); a job answers.
 */
export async function requestLink(
  ctx: Context<VisitorActor>,
  { kind, email, language, ip }: LinkRequest & { ip: string },
): Promise<void> {
  const within = await withinLimits(ctx.db, [
    ["link_email", `${kind} ${email}`],
    ["link_ip", ip],
    ["link_all", "all"],
  ]);
  await inTransaction(ctx, async (tx) => {
    const requestId = uuidv7();
    await tx.db
      .insert(linkRequests)
      .values({ id: requestId, kind, email, language, throttled: !within });
    await enqueue(tx, "answer_link_request", { requestId });
  });
}
