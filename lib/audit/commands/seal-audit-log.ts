import { setTimeout as sleep } from "node:timers/promises";
import { desc, eq, sql } from "drizzle-orm";
import { auditBlocks } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { log } from "@/lib/log";
import { type AuditAnchor, readAuditAnchor, writeAuditAnchor } from "@/lib/storage/audit-anchor";
import { recordAudit } from "../commands";
import { auditRows } from "../queries/audit-rows";
import { BLOCK_MAX, blockHash, FIRST_PREVIOUS_HASH } from "../rules";

/** Any fixed number: of two sealers at once one waits, and finds the other's blocks. */
const LOCK = 7_304_115;

interface SealOptions {
  /** Milliseconds for a statement that is under way to get its transaction's id. */
  settleMs?: number;
  /** Milliseconds to wait for transactions that may still hold a lower id; then the next minute tries. */
  patienceMs?: number;
}

/**
 * Seals what the audit log has got since the last block (R30), in blocks of at most 100,000 rows whose hashes
 * follow one another, and anchors the last one outside the database.
 * @returns how many blocks were added
 */
export async function sealAuditLog(
  ctx: Context<SystemActor>,
  { settleMs = 1_000, patienceMs = 5_000 }: SealOptions = {},
): Promise<number> {
  if (!(await anchorHolds(ctx))) {
    // Sealing on would put a new anchor over the one that shows what was removed.
    log.error("audit log: its anchor is missing or not in its chain; run doctor --verify-audit");
    return 0;
  }
  const upTo = await settledId(ctx, settleMs, patienceMs);
  let added = 0;
  while (upTo !== null && (await inTransaction(ctx, (tx) => sealOne(tx, upTo)))) {
    added += 1;
  }
  await anchorHead(ctx);
  return added;
}

/**
 * An id up to which every row is there that ever will be. Ids are handed out before their rows are committed:
 * so the last one is taken, then every transaction that runs is waited for. Null when one takes too long.
 */
async function settledId(
  { db }: Context<SystemActor>,
  settleMs: number,
  patienceMs: number,
): Promise<bigint | null> {
  const [handedOut] = await db.execute<{ id: string | null }>(
    sql`select pg_sequence_last_value(pg_get_serial_sequence('audit_log', 'id')::regclass)::text as id`,
  );
  if (!handedOut?.id) {
    return null;
  }
  // Between its id and its row a statement may not have its transaction's id yet.
  await sleep(settleMs);
  const [running] = await db.execute<{ below: string }>(
    sql`select pg_snapshot_xmax(pg_current_snapshot())::text as below`,
  );
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const [now] = await db.execute<{ ended: boolean }>(sql`
      select pg_snapshot_xmin(pg_current_snapshot()) >= ${running?.below}::xid8 as ended`);
    if (now?.ended) {
      return BigInt(handedOut.id);
    }
    if (performance.now() > deadline) {
      return null;
    }
    await sleep(100);
  }
}

async function sealOne(tx: TxContext<SystemActor>, upTo: bigint): Promise<boolean> {
  const { db } = tx;
  await db.execute(sql`select pg_advisory_xact_lock(${LOCK})`);
  const last = await lastBlock(tx);
  const after = last?.lastId ?? 0n;
  const [range] = await db.execute<{ last_id: string | null; entries: number }>(sql`
    select max(id)::text as last_id, count(*)::int as entries from (
      select id from audit_log where id > ${String(after)}::bigint and id <= ${String(upTo)}::bigint
      order by id limit ${BLOCK_MAX}) rows`);
  if (!range?.last_id) {
    return false;
  }
  const facts = {
    number: (last?.number ?? 0) + 1,
    previousHash: last?.hash ?? FIRST_PREVIOUS_HASH,
    // The last one reaches to `upTo`: an id that was given back is sealed as empty.
    lastId: range.entries < BLOCK_MAX ? upTo : BigInt(range.last_id),
    entries: range.entries,
  };
  const hash = blockHash(facts);
  for await (const { text } of auditRows(db, { after, upTo: facts.lastId })) {
    hash.add(text);
  }
  await db.insert(auditBlocks).values({ ...facts, hash: hash.end(facts) });
  return true;
}

async function lastBlock({ db }: TxContext<SystemActor>) {
  const [last] = await db.select().from(auditBlocks).orderBy(desc(auditBlocks.number)).limit(1);
  return last;
}

/**
 * Anchors the chain as it is, for whoever has found out why the old anchor is not in it: after a restore of an
 * older database. It is told in the audit log itself.
 */
export async function anchorAnew(ctx: Context<SystemActor>): Promise<void> {
  await inTransaction(ctx, (tx) =>
    recordAudit(tx, { action: "anchored_audit_anew", subjectKind: "audit_log" }),
  );
  await anchorHead(ctx);
}

/**
 * Whether the block that was anchored last is still in the chain. Before the first block the empty chain is
 * anchored, so that a chain without an anchor is always one whose anchor was lost.
 */
async function anchorHolds(ctx: Context<SystemActor>): Promise<boolean> {
  const { db } = ctx;
  const anchor = await readAuditAnchor();
  if (!anchor) {
    const empty = !(await inTransaction(ctx, lastBlock));
    if (empty) {
      await writeAuditAnchor(anchorOf(undefined));
    }
    return empty;
  }
  if (anchor.number === 0) {
    return anchor.hash === FIRST_PREVIOUS_HASH;
  }
  const [block] = await db
    .select({ hash: auditBlocks.hash })
    .from(auditBlocks)
    .where(eq(auditBlocks.number, anchor.number));
  return block?.hash === anchor.hash;
}

/** After the commit: an anchor may be behind the blocks, never before them. */
async function anchorHead(ctx: Context<SystemActor>): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    // Of two sealers the slower one must not put an older anchor over the newer.
    await tx.db.execute(sql`select pg_advisory_xact_lock(${LOCK})`);
    const head = anchorOf(await lastBlock(tx));
    const standing = await readAuditAnchor();
    if (standing?.number === head.number && standing.hash === head.hash) {
      return;
    }
    await writeAuditAnchor(head);
    // Also in whatever keeps the logs, out of reach of whoever reaches database and storage.
    log.info({ block: head.number, hash: head.hash }, "audit log sealed");
  });
}

function anchorOf(head: Awaited<ReturnType<typeof lastBlock>>): AuditAnchor {
  return {
    number: head?.number ?? 0,
    hash: head?.hash ?? FIRST_PREVIOUS_HASH,
    sealedAt: (head?.sealedAt ?? new Date()).toISOString(),
  };
}
