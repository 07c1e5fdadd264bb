import { sql } from "drizzle-orm";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { log } from "@/lib/log";
import { readSendingMark, writeSendingMark } from "@/lib/storage/sending-mark";
import { HELD, holdSending } from "./hold";

/** How long a process may send after it has counted on; what is sent meanwhile is lost at most to a copy of that age. */
const MARK_MS = 60_000;

/** Until when each pool's process may send, on its own clock. */
const goodUntil = new WeakMap<object, number>();

interface Mark extends Record<string, unknown> {
  installationId: string;
  number: number;
  server: string | null;
}

/**
 * Counts on, in the database and then in the storage, before anything is sent, once a minute (R17). A database that
 * is behind the storage's count, or on another server or timeline than the last time, was restored: its mail is held
 * until somebody has reconciled it. Where the storage does not answer, mail goes out all the same: a restore is
 * the operator's doing, and `restore begin` holds it too.
 */
export async function keepMark(ctx: Context<SystemActor>): Promise<void> {
  if (performance.now() < (goodUntil.get(ctx.db) ?? 0)) {
    return;
  }
  goodUntil.set(ctx.db, performance.now() + MARK_MS);
  try {
    const server = await serverOf(ctx);
    if (await countOn(ctx, server)) {
      await inStorage("written", () => writeDown(ctx));
    }
  } catch (error) {
    forgetMark(ctx);
    throw error;
  }
}

/** The database failed: what answers next may be a restored one, and is looked at before anything is sent. */
export function forgetMark({ db }: Context<SystemActor>): void {
  goodUntil.delete(db);
}

/** After a reconciliation: counts on from whichever is further, on the server that it is now. */
export async function restartMark(ctx: Context<SystemActor>): Promise<void> {
  const server = await serverOf(ctx);
  const installationId = await inTransaction(ctx, async (tx) => (await lock(tx)).installationId);
  const kept = await readSendingMark(installationId);
  await inTransaction(ctx, async ({ db }) => {
    await db.execute(sql`update sending_mark set server = ${server}, marked_at = clock_timestamp(),
      number = greatest(number, ${kept?.number ?? 0}) + 1`);
  });
  await writeDown(ctx);
}

/** Why this database must have been restored; null when it goes on where it left off. */
function setBack(
  own: Mark,
  kept: { number: number; server: string | null } | null,
  server: string | null,
) {
  if (kept === null) {
    // The first time, or the storage was lost: nothing to compare with.
    return null;
  }
  if (kept.number > own.number) {
    return "behind";
  }
  return kept.server !== null && server !== null && kept.server !== server
    ? "another_server"
    : null;
}

/** False where mail is held, or the mark could not be read. */
async function countOn(ctx: Context<SystemActor>, server: string | null): Promise<boolean> {
  return await inTransaction(ctx, async (tx) => {
    const own = await lock(tx);
    const [state] = await tx.db.execute<{ held: boolean }>(sql`select ${HELD} as held`);
    if (state?.held) {
      // The last mark tells the reconciliation since when to ask.
      return false;
    }
    const kept = await inStorage("read", () => readSendingMark(own.installationId));
    if (kept === undefined) {
      return false;
    }
    const why = setBack(own, kept, server);
    if (why !== null) {
      await holdSending(tx, { why });
      return false;
    }
    await tx.db.execute(sql`update sending_mark set number = number + 1, server = ${server},
      marked_at = clock_timestamp()`);
    return true;
  });
}

/** Under the row's lock, so that nobody's lower number comes after a higher one. */
async function writeDown(ctx: Context<SystemActor>): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const { installationId, number, server } = await lock(tx);
    await writeSendingMark(installationId, { number, server });
  });
}

async function lock({ db }: TxContext<SystemActor>): Promise<Mark> {
  await db.execute(sql`insert into sending_mark (number) values (0) on conflict do nothing`);
  const [mark] = await db.execute<Mark>(sql`
    select installation_id as "installationId", number::float8 as number, server
    from sending_mark for update`);
  if (!mark) {
    throw new Error("the sending mark is not there");
  }
  return mark;
}

/**
 * PostgreSQL's own identity; null where a provider of databases does not let us ask. The timeline is that of what it
 * writes now: the control file has a standby's new one only after its next checkpoint, minutes later.
 */
async function serverOf({ db }: Context<SystemActor>): Promise<string | null> {
  try {
    const [row] = await db.execute<{ server: string }>(sql`
      select (select system_identifier::text from pg_control_system()) || '/' ||
        ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int::text as server`);
    return row?.server ?? null;
  } catch {
    return null;
  }
}

/** Undefined where the storage did not answer. */
async function inStorage<T>(what: "read" | "written", work: () => Promise<T>) {
  try {
    return await work();
  } catch (err) {
    log.error({ err }, `the sending mark could not be ${what}`);
    return undefined;
  }
}
