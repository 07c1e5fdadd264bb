import { aliveInLedger, countUnrecorded } from "@/lib/accounts/queries/deletions";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { counted } from "../counted";
import { bad, type Finding, good, warn } from "./finding";

/** A job records deletions every minute; one that waits longer than this waits for a worker or a disk. */
const RECORD_WARN_MINUTES = 10;

/** The ledger of deletions and the database agree (R7). */
export async function checkDeletions(ctx: Context<SystemActor>): Promise<Finding[]> {
  let alive = 0;
  for await (const _ of aliveInLedger(ctx)) {
    alive += 1;
  }
  const unrecorded = await countUnrecorded(ctx, { minutes: RECORD_WARN_MINUTES });
  return [
    ...(alive > 0
      ? [
          bad(
            "deletions",
            `alive although deleted: ${counted(alive, "account")}; the database was restored from a backup: run "sportello restore reconcile"`,
          ),
        ]
      : []),
    ...(unrecorded > 0
      ? [
          warn(
            "deletions",
            `not in the ledger for ${RECORD_WARN_MINUTES} minutes and more: ${counted(unrecorded, "deletion")}; is "npm run worker" running, and can it write to STORAGE_URL?`,
          ),
        ]
      : []),
    ...(alive === 0 && unrecorded === 0
      ? [good("deletions", "no account of the ledger is alive, and none waits to be recorded")]
      : []),
  ];
}
