import { sql } from "drizzle-orm";
import { heartbeats } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { log } from "@/lib/log";

export type HeartbeatSource = typeof heartbeats.$inferSelect.source;

/** How often a worker tells. */
export const HEARTBEAT_MS = 60_000;

/** Notes that somebody works the queue. A failure is logged: the work itself will tell more. */
export async function noteHeartbeat(
  { db }: Context<SystemActor>,
  source: HeartbeatSource,
): Promise<void> {
  await db
    .insert(heartbeats)
    .values({ source })
    .onConflictDoUpdate({ target: heartbeats.source, set: { at: sql`clock_timestamp()` } })
    .catch((err: unknown) => log.warn({ err, source }, "heartbeat not noted"));
}

/** How many seconds ago each was at work, by the database's clock; the latest first. */
export async function lastHeartbeats({
  db,
}: Context<SystemActor>): Promise<{ source: HeartbeatSource; secondsAgo: number }[]> {
  return await db
    .select({
      source: heartbeats.source,
      secondsAgo: sql<number>`extract(epoch from clock_timestamp() - ${heartbeats.at})::int`,
    })
    .from(heartbeats)
    .orderBy(sql`${heartbeats.at} desc`);
}
