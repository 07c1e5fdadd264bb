import { eq, sql } from "drizzle-orm";
import type { DbOrTx } from "@/db/client";
import { sessions } from "@/db/schema";
import { isLanguage } from "@/lib/i18n/languages";
import type { CustomerActor, StaffActor, StaffRole } from "./actor";
import { type Context, inTransaction } from "./context";
import { hashToken, newToken } from "./token";

/** Absolute limits in hours; idle limits in minutes. */
export const CUSTOMER_HOURS = 12;
const STAFF_HOURS = 8;
const CUSTOMER_IDLE_MINUTES = 60;
const STAFF_IDLE_MINUTES = 30;

/** Opens a session for an actor whose password was just verified; returns the cookie's token. */
export async function openSession(
  ctx: Context<CustomerActor | StaffActor>,
  userAgent: string | null,
): Promise<string> {
  const { actor } = ctx;
  const token = newToken();
  const hours = actor.kind === "customer" ? CUSTOMER_HOURS : STAFF_HOURS;
  await inTransaction(ctx, async ({ db }) => {
    await db.insert(sessions).values({
      id: actor.sessionId,
      tokenHash: hashToken(token),
      accountId: actor.kind === "customer" ? actor.accountId : null,
      staffId: actor.kind === "staff" ? actor.staffId : null,
      expiresAt: sql`clock_timestamp() + make_interval(hours => ${hours})`,
      userAgent: userAgent?.slice(0, 200) ?? null,
    });
  });
  return token;
}

/** Ends the actor's own session; it is dead for every later request. */
export async function endSession(ctx: Context<CustomerActor | StaffActor>): Promise<void> {
  await inTransaction(ctx, async ({ db, actor }) => {
    await db
      .update(sessions)
      .set({ endedAt: sql`clock_timestamp()` })
      .where(eq(sessions.id, actor.sessionId));
  });
}

interface SessionRow extends Record<string, unknown> {
  session_id: string;
  account_id: string | null;
  holder_id: string | null;
  email: string;
  language: string | null;
  staff_id: string | null;
  staff_role: StaffRole | null;
  staff_name: string | null;
}

/** Whose living session a cookie's token stands for; null if none. One statement. */
export async function sessionActor(
  db: DbOrTx,
  token: string,
): Promise<CustomerActor | StaffActor | null> {
  const hash = hashToken(token).toString("hex");
  const [row] = await db.execute<SessionRow>(sql`
    select * from session_actor(decode(${hash}, 'hex'),
      make_interval(mins => ${CUSTOMER_IDLE_MINUTES}), make_interval(mins => ${STAFF_IDLE_MINUTES}))`);
  if (row?.account_id && row.holder_id) {
    return {
      kind: "customer",
      accountId: row.account_id,
      holderId: row.holder_id,
      sessionId: row.session_id,
      email: row.email,
      language: isLanguage(row.language) ? row.language : "it",
    };
  }
  if (row?.staff_id && row.staff_role && row.staff_name) {
    return {
      kind: "staff",
      staffId: row.staff_id,
      sessionId: row.session_id,
      role: row.staff_role,
      name: row.staff_name,
      email: row.email,
    };
  }
  return null;
}
