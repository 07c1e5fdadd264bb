import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { forgetPhotos } from "@/lib/consumption/commands/forget-photos";
import { answerLinkRequest } from "./commands/answer-link-request";
import { forgetDeletedAddresses } from "./commands/forget-addresses";
import { forgetExpired } from "./commands/forget-expired";
import { forgetAddressesOfNobody } from "./commands/forget-nobodys-mails";
import { forgetOldRows } from "./commands/forget-old-rows";
import { matchSignup } from "./commands/match-signup";
import { recordDeletions } from "./commands/record-deletions";
import { answerLinkRequestPayload, matchSignupPayload } from "./schema";

/** The job `match_signup`. */
export async function matchSignupJob(ctx: Context<SystemActor>, payload: unknown): Promise<void> {
  await matchSignup(ctx, matchSignupPayload.parse(payload));
}

/** The job `answer_link_request`. */
export async function answerLinkRequestJob(
  ctx: Context<SystemActor>,
  payload: unknown,
): Promise<void> {
  await answerLinkRequest(ctx, answerLinkRequestPayload.parse(payload));
}

/** The job `forget_expired`: repeatable, and takes no payload. */
export async function forgetExpiredJob(ctx: Context<SystemActor>): Promise<void> {
  await forgetExpired(ctx);
  await forgetOldRows(ctx);
  await forgetAddressesOfNobody(ctx);
  await forgetDeletedAddresses(ctx);
  // Last: the storage may not answer.
  await forgetPhotos(ctx);
}

/** The job `record_deletions`: repeatable, and takes no payload. */
export async function recordDeletionsJob(ctx: Context<SystemActor>): Promise<void> {
  await recordDeletions(ctx);
}
