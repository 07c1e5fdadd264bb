import { type SQL, sql } from "drizzle-orm";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
import { log } from "@/lib/log";

/** The reason of the pause that nobody probes: the database was restored, and does not know what went out. */
export const RESTORED = "restored";

/** Whether mail is held after a restore, for statements. */
export const HELD: SQL = sql`exists (select from sending_pauses held
  where held.ended_at is null and held.company_id is null and held.reason = ${RESTORED})`;

/**
 * Holds all mail of a restored database until it is reconciled (R17), in the caller's transaction; held already,
 * nothing changes. A pause of all that stood there before gives way to this one.
 */
export async function holdSending(
  tx: TxContext<SystemActor>,
  { why }: { why: "behind" | "another_server" | "told" },
): Promise<void> {
  const [held] = await tx.db.execute<{ id: string; added: boolean }>(sql`
    insert into sending_pauses as p (company_id, reason, probe_at)
    values (null, ${RESTORED}, clock_timestamp())
    on conflict (coalesce(company_id, 0)) where ended_at is null
      do update set reason = excluded.reason, since = excluded.since
      where p.reason <> excluded.reason
    returning id, true as added`);
  if (held) {
    await recordAudit(tx, {
      action: "held_sending",
      subjectKind: "sending_pause",
      subjectId: held.id,
      detail: { why },
    });
    // Whoever tells us knows.
    if (why !== "told") {
      log.error({ why }, "the database was restored: mail is held until it is reconciled");
    }
  }
}

/** Lets mail go out again, in the caller's transaction. */
export async function releaseSending(tx: TxContext<SystemActor>): Promise<void> {
  const released = await tx.db.execute<{ id: string }>(sql`
    update sending_pauses set ended_at = clock_timestamp()
    where ended_at is null and company_id is null and reason = ${RESTORED} returning id`);
  for (const { id } of released) {
    await recordAudit(tx, {
      action: "released_sending",
      subjectKind: "sending_pause",
      subjectId: id,
    });
  }
}
