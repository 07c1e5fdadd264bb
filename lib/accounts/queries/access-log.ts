import { sql } from "drizzle-orm";
import type { CustomerActor, StaffRole } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";

/** How many entries the profile shows. */
export const ACCESS_LOG_SHOWN = 50;

/** Something that was done with an account (R30). */
export interface AccessLogEntry {
  id: string;
  at: Date;
  /** Past tense, as in the audit log: `signed_in`. */
  action: string;
  actorKind: "customer" | "staff" | "system" | "visitor";
  /** Of a member of staff the role alone, never who it was; null for everybody else. */
  staffRole: StaffRole | null;
  /** Only facts that tell of nobody, such as a language or a mode of delivery. */
  detail: Record<string, string | number | boolean | null>;
}

interface Row extends Record<string, unknown>, Omit<AccessLogEntry, "at"> {
  ms: number;
}

/**
 * What was done with the actor's own account, newest first: by its owner, by staff, and by whoever tried
 * to get in (R30). The function answers for the account that the transaction's settings name (R28).
 */
export async function listOwnAccessLog(
  ctx: Context<CustomerActor>,
  { limit = ACCESS_LOG_SHOWN }: { limit?: number } = {},
): Promise<AccessLogEntry[]> {
  return await inTransaction(ctx, async ({ db }) => {
    const rows = await db.execute<Row>(sql`
      select id::text as id, (extract(epoch from at) * 1000)::float8 as ms, action,
        actor_kind as "actorKind", staff_role as "staffRole", detail
      from own_access_log(${limit}) order by own_access_log.id desc`);
    return rows.map(({ ms, ...entry }) => ({ ...entry, at: new Date(ms) }));
  });
}
