import { and, notInArray, type SQL, sql } from "drizzle-orm";
import type { dispatchBatches, dispatches } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { mayPreviewMails } from "./rules";

/** The dispatches and mails of bills an actor may see: jobs all, staff all, nobody else any (R28). */
export function visibleDispatches(actor: Actor): SQL | undefined {
  return actor.kind === "system" || mayPreviewMails(actor) ? undefined : sql`false`;
}

/** What is left to send when some companies are not to be tried again for now (R17). */
export function sendableExcept(
  actor: Actor,
  table: typeof dispatches | typeof dispatchBatches,
  companyIds: Iterable<number>,
): SQL | undefined {
  return and(sendableDispatches(actor), notInArray(table.companyId, [...companyIds]));
}

/** The dispatches and batches an actor may send or change: jobs only. */
export function sendableDispatches(actor: Actor): SQL | undefined {
  return actor.kind === "system" ? undefined : sql`false`;
}
