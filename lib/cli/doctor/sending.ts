import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { env } from "@/lib/env";
import { RESTORED } from "@/lib/mail/commands/hold";
import { sendingState } from "@/lib/mail/queries/sending-state";
import { counted } from "../counted";
import { bad, type Finding, good, warn } from "./finding";

/** What to do about a reason for which the provider takes no mail. */
const REMEDIES: Record<string, string> = {
  daily_quota_exceeded: "raise the plan of the Resend account, or wait until tomorrow",
  monthly_quota_exceeded: "raise the plan of the Resend account",
  invalid_api_key: "set RESEND_API_KEY to a key that is valid",
  missing_api_key: "set RESEND_API_KEY",
  restricted_api_key: "use a key that may send e-mails",
  invalid_from_address: "give the company a sender address of a verified domain",
  validation_error: "verify the domain of the company's sender address at Resend",
};

/** Mail goes out, and the provider tells what becomes of it (R17, R18). */
export async function checkSending(ctx: Context<SystemActor>): Promise<Finding[]> {
  const state = await sendingState(ctx);
  const { waitingBills, waitingMails } = state;
  const waiting = `${counted(waitingBills, "bill")} and ${counted(waitingMails, "other mail")} wait`;
  const pauses = state.pauses.map(({ companyName, reason, since }) =>
    bad(
      "sending",
      reason === RESTORED
        ? `held since ${since.toISOString()}: the database was restored, or moved to another server, and does not know what went out; run "sportello restore reconcile" soon: Resend lists mails for ${env().RESEND_LIST_DAYS === 1 ? "a day on its Free plan, 3 on Pro, 7 on Scale (set RESEND_LIST_DAYS)" : `${env().RESEND_LIST_DAYS} days, by RESEND_LIST_DAYS`}`
        : `paused for ${companyName ?? "every company"} since ${since.toISOString()} by ${reason}: ` +
            `${REMEDIES[reason] ?? "look at the Resend account"}; it goes on by itself then`,
    ),
  );
  return [
    ...(pauses.length > 0 ? pauses : [good("sending", waiting)]),
    state.eventsMissingSince
      ? bad(
          "webhooks",
          `mails went out since ${state.eventsMissingSince.toISOString()} and no event came back: look at the ` +
            "webhook at Resend, its address /api/webhooks/resend and RESEND_WEBHOOK_SECRET",
        )
      : good(
          "webhooks",
          state.lastEventAt
            ? `the last event came at ${state.lastEventAt.toISOString()}`
            : "no mail waits for its event",
        ),
    ...(state.batchesSetAside > 0
      ? [
          warn(
            "batches set aside",
            `of ${state.batchesSetAside} nobody knows whether they were taken; the provider is asked every hour; what it no longer lists stands on /staff/undelivered`,
          ),
        ]
      : []),
  ];
}
