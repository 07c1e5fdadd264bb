import { sql } from "drizzle-orm";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { log } from "@/lib/log";

/** A process whose clock has jumped by so much does not trust what it planned before. */
const JUMP_MS = 30_000;

/** Tells whether the clock has jumped since, against one that only counts on; also after a machine that slept. */
export function clockWatch(): () => boolean {
  const drift = () => Date.now() - performance.now();
  const first = drift();
  return () => Math.abs(drift() - first) > JUMP_MS;
}

/**
 * A worker whose clock was hours ahead has noted the crontab as done until then, and nobody would do it again before.
 * What is noted for later than the database's clock is taken for done now. A failure is logged.
 */
export async function settleCrontab({ db }: Context<SystemActor>): Promise<void> {
  await db
    .execute(sql`
      update graphile_worker._private_known_crontabs set last_execution = clock_timestamp()
      where last_execution > clock_timestamp() + interval '2 minutes'`)
    .catch((err: unknown) => log.warn({ err }, "crontab not looked at"));
}
