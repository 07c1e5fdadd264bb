import { aliveInLedger, countUnrecorded } from "@/lib/accounts/queries/deletions";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
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
            `${alive} deleted accounts are alive: the database was restored from a backup; run "sportello doctor --replay-deletions"`,
          ),
        ]
      : []),
    ...(unrecorded > 0
      ? [
          warn(
            "deletions",
            `${unrecorded} are not in the ledger for ${RECORD_WARN_MINUTES} minutes and more; is "npm run worker" running, and can it write to STORAGE_URL?`,
          ),
        ]
      : []),
    ...(alive === 0 && unrecorded === 0
      ? [good("deletions", "no account of the ledger is alive, and none waits to be recorded")]
      : []),
  ];
}
