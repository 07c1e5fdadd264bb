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
