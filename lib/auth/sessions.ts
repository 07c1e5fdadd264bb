import { and, desc, eq, isNotNull, isNull, ne, sql } from "drizzle-orm";
import type { DbOrTx } from "@/db/client";
import { sessions } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import { NotFoundError } from "@/lib/errors";
import { isLanguage } from "@/lib/i18n/languages";
import { type CustomerActor, loginOf, type StaffActor, type StaffRole } from "./actor";
import { type Context, inTransaction, type TxContext } from "./context";
import { hashToken, newToken } from "./token";

/** Absolute limits in hours; idle limits in minutes. */
export const CUSTOMER_HOURS = 12;
const STAFF_HOURS = 8;
const CUSTOMER_IDLE_MINUTES = 60;
const STAFF_IDLE_MINUTES = 30;

/** Minutes within which a code must follow the password. */
const AWAITING_MINUTES = 10;

/** What a session still waits for: a second factor's code, or that one is set up (staff). */
export type Awaiting = "code" | "enrolment";

/**
 * Opens a session for an actor whose password was just verified; returns the cookie's token. One that
 * awaits something opens nothing, and lives for ten minutes.
 */
export async function openSession(
  ctx: Context<CustomerActor | StaffActor>,
  { userAgent, awaiting }: { userAgent: string | null; awaiting: Awaiting | null },
): Promise<string> {
  const { actor } = ctx;
  const token = newToken();
  const hours = actor.kind === "customer" ? CUSTOMER_HOURS : STAFF_HOURS;
  const minutes = awaiting ? AWAITING_MINUTES : hours * 60;
  await inTransaction(ctx, async ({ db }) => {
    await db.insert(sessions).values({
      id: actor.sessionId,
      tokenHash: hashToken(token),
      accountId: actor.kind === "customer" ? actor.accountId : null,
      staffId: actor.kind === "staff" ? actor.staffId : null,
      expiresAt: sql`clock_timestamp() + make_interval(mins => ${minutes})`,
      userAgent: userAgent?.slice(0, 200) ?? null,
      awaiting,
    });
  });
  return token;
}

/** Signs out: the actor's own session is dead for every later request. */
export async function endSession(ctx: Context<CustomerActor | StaffActor>): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const { sessionId } = tx.actor;
    await tx.db
      .update(sessions)
      .set({ endedAt: sql`clock_timestamp()` })
      .where(and(eq(sessions.id, sessionId), isNull(sessions.endedAt)));
    await recordAudit(tx, { action: "signed_out", subjectKind: "session", subjectId: sessionId });
  });
}

export interface OwnSession {
  id: string;
  /** The one that asks. */
  current: boolean;
  createdAt: Date;
  lastSeenAt: Date;
  userAgent: string | null;
}

/** Everything signed in to the actor's own login now, the one that asks first, then by last use. */
export async function listOwnSessions(
  ctx: Context<CustomerActor | StaffActor>,
): Promise<OwnSession[]> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    const rows = await db
      .select({
        id: sessions.id,
        createdAt: sessions.createdAt,
        lastSeenAt: sessions.lastSeenAt,
        userAgent: sessions.userAgent,
      })
      .from(sessions)
      .where(and(ownLive(actor), isNull(sessions.awaiting), notIdle(actor)))
      .orderBy(desc(eq(sessions.id, actor.sessionId)), desc(sessions.lastSeenAt));
    return rows.map((row) => ({ ...row, current: row.id === actor.sessionId }));
  });
}

/**
 * Ends one of the actor's own sessions.
 * @throws {NotFoundError} when it is none of theirs, or ended already
 */
export async function endOwnSession(
  ctx: Context<CustomerActor | StaffActor>,
  { sessionId }: { sessionId: string },
): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const ended = await tx.db
      .update(sessions)
      .set({ endedAt: sql`clock_timestamp()` })
      .where(and(ownLive(tx.actor), eq(sessions.id, sessionId)))
      .returning({ id: sessions.id });
    if (ended.length === 0) {
      throw new NotFoundError("session");
    }
    await recordAudit(tx, {
      action: "ended_session",
      subjectKind: "session",
      subjectId: sessionId,
    });
  });
}

/** Ends every session of the actor but the one that asks; returns how many those were. */
export async function endOtherSessions(ctx: Context<CustomerActor | StaffActor>): Promise<number> {
  return await inTransaction(ctx, async (tx) => {
    const { actor } = tx;
    const ended = await tx.db
      .update(sessions)
      .set({ endedAt: sql`clock_timestamp()` })
      .where(and(ownLive(actor), ne(sessions.id, actor.sessionId)))
      .returning({ id: sessions.id });
    if (ended.length > 0) {
      await recordAudit(tx, {
        action: "ended_other_sessions",
        ...loginOf(actor),
        detail: { sessions: ended.length },
      });
    }
    return ended.length;
  });
}

const ownLive = (actor: CustomerActor | StaffActor) =>
  and(
    actor.kind === "customer"
      ? eq(sessions.accountId, actor.accountId)
      : eq(sessions.staffId, actor.staffId),
    isNull(sessions.endedAt),
    sql`${sessions.expiresAt} > now()`,
  );

const notIdle = ({ kind }: CustomerActor | StaffActor) =>
  sql`${sessions.lastSeenAt} > now() - make_interval(mins => ${
    kind === "customer" ? CUSTOMER_IDLE_MINUTES : STAFF_IDLE_MINUTES
  })`;

/** Whose session waits for a code or an enrolment; null for any other. */
export async function awaitingActor(
  db: DbOrTx,
  token: string,
): Promise<{ actor: CustomerActor | StaffActor; awaiting: Awaiting } | null> {
  const hash = hashToken(token).toString("hex");
  const [row] = await db.execute<SessionRow & { awaiting: Awaiting }>(
    sql`select * from awaiting_actor(decode(${hash}, 'hex'))`,
  );
  const actor = row ? actorOf(row) : null;
  return row && actor ? { actor, awaiting: row.awaiting } : null;
}

/**
 * Ends a session that waited, once.
 * @throws {NotFoundError} when it has ended meanwhile: its code opens nothing more
 */
export async function endWaitingSession(
  { db }: TxContext<CustomerActor | StaffActor>,
  sessionId: string,
): Promise<void> {
  const ended = await db
    .update(sessions)
    .set({ endedAt: sql`clock_timestamp()` })
    .where(and(eq(sessions.id, sessionId), isNull(sessions.endedAt), isNotNull(sessions.awaiting)))
    .returning({ id: sessions.id });
  if (ended.length === 0) {
    throw new NotFoundError("session");
  }
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

/** Who is signed in. */
export interface SessionPerson {
  actor: CustomerActor | StaffActor;
  /** The name of the company that a customer's contracts are with, where it is one. */
  onlyCompany: string | null;
}

/** Whose living session a cookie's token stands for; null if none. One statement, since every page begins with it. */
export async function sessionPerson(db: DbOrTx, token: string): Promise<SessionPerson | null> {
  const hash = hashToken(token).toString("hex");
  const [row] = await db.execute<SessionRow & { only_company: string | null }>(sql`
    select * from session_person(decode(${hash}, 'hex'),
      make_interval(mins => ${CUSTOMER_IDLE_MINUTES}), make_interval(mins => ${STAFF_IDLE_MINUTES}))`);
  const actor = row ? actorOf(row) : null;
  return row && actor ? { actor, onlyCompany: row.only_company } : null;
}

/** The same person alone. */
export async function sessionActor(
  db: DbOrTx,
  token: string,
): Promise<CustomerActor | StaffActor | null> {
  return (await sessionPerson(db, token))?.actor ?? null;
}

function actorOf(row: SessionRow): CustomerActor | StaffActor | null {
  if (row.account_id && row.holder_id) {
    return {
      kind: "customer",
      accountId: row.account_id,
      holderId: row.holder_id,
      sessionId: row.session_id,
      email: row.email,
      language: isLanguage(row.language) ? row.language : "it",
    };
  }
  if (row.staff_id && row.staff_role && row.staff_name) {
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
