import { type SQL, sql } from "drizzle-orm";
import type { Actor } from "@/lib/auth/actor";
import { mayPreviewMails } from "./rules";

/** The dispatches and mails of bills an actor may see: jobs all, staff all, nobody else any (R28). */
export function visibleDispatches(actor: Actor): SQL | undefined {
  return actor.kind === "system" || mayPreviewMails(actor) ? undefined : sql`false`;
}

/** The dispatches and batches an actor may send or change: jobs only. */
export function sendableDispatches(actor: Actor): SQL | undefined {
  return actor.kind === "system" ? undefined : sql`false`;
}

/**
 * R19, of a document `doc` and its company `co`: the last day on which a bill on paper is still known in
 * time, so many days before it is due as its reader must have it and the print house needs.
 */
export const latestSafeDay = sql`(doc.due_date - co.notice_days - co.print_lead_days)`;

/**
 * Of a dispatch `s` and its kept mail `m`: the provider took it. One that is not of the present batch was, since
 * what was never taken leaves no mail behind; the present one once that is known.
 */
export const WAS_TAKEN = sql`(m.batch_id is distinct from s.batch_id or s.accepted_at is not null)`;
