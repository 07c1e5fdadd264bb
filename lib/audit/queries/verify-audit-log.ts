import { asc, sql } from "drizzle-orm";
import { auditBlocks } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { readAuditAnchor } from "@/lib/storage/audit-anchor";
import { blockHash, FIRST_PREVIOUS_HASH } from "../rules";
import { auditRows } from "./audit-rows";

export interface AuditVerdict {
  blocks: number;
  entries: number;
  /** Rows that no block has yet: those of the last minute or two. */
  unsealed: number;
  /** What does not hold, a sentence each; empty when nothing was altered, removed or inserted. */
  faults: string[];
}

type Block = typeof auditBlocks.$inferSelect;

/**
 * Recomputes every block of the audit log and compares the last one with its anchor outside the database
 * (R30): finds each row that was altered, removed or inserted, the newest sealed ones included. Changes nothing.
 */
export async function verifyAuditLog(ctx: Context<SystemActor>): Promise<AuditVerdict> {
  // Before the blocks: one that is sealed meanwhile is no fault.
  const anchor = await readAuditAnchor();
  return await inTransaction(ctx, async (tx) => {
    await tx.db.execute(sql`set transaction isolation level repeatable read`);
    const blocks = await tx.db.select().from(auditBlocks).orderBy(asc(auditBlocks.number));
    const faults: string[] = [];
    let entries = 0;
    let previous: Pick<Block, "number" | "hash" | "lastId"> = {
      number: 0,
      hash: FIRST_PREVIOUS_HASH,
      lastId: 0n,
    };
    for (const block of blocks) {
      faults.push(...chainFaults(block, previous));
      const found = await recompute(tx, block, previous.lastId);
      entries += found.entries;
      if (found.hash !== block.hash || found.entries !== block.entries) {
        faults.push(
          `Block ${block.number} (ids ${previous.lastId + 1n} to ${block.lastId}, sealed ${block.sealedAt.toISOString()}) has ${found.entries} rows where ${block.entries} were sealed, or other content: rows were altered, removed or inserted there.`,
        );
      }
      previous = block;
    }
    faults.push(...(await strayFaults(tx)));
    const anchored = blocks.find(({ number }) => number === anchor?.number);
    // Number 0 is the empty chain, which every chain goes on from.
    const anchoredHash = anchor?.number === 0 ? FIRST_PREVIOUS_HASH : anchored?.hash;
    if (anchor && anchoredHash !== anchor.hash) {
      faults.push(
        anchored
          ? `Block ${anchor.number} is not the one that was anchored on ${anchor.sealedAt}: the chain was made anew.`
          : `The anchor knows block ${anchor.number} of ${anchor.sealedAt}, the database ends at ${previous.number}: the newest blocks were removed.`,
      );
    }
    if (!anchor && blocks.length > 0) {
      faults.push("The anchor in the storage is missing or cannot be read (audit/anchor.json).");
    }
    const [rest] = await tx.db.execute<{ count: number }>(sql`
      select count(*)::int as count from audit_log where id > ${String(previous.lastId)}::bigint`);
    return { blocks: blocks.length, entries, unsealed: rest?.count ?? 0, faults };
  });
}

/** Rows under ids that the identity never gave: no block would ever hold them. */
async function strayFaults({ db }: TxContext<SystemActor>): Promise<string[]> {
  // The sequence is read after the snapshot was taken, so that every row of the snapshot is below it.
  const strays = await db.execute<{ id: string }>(sql`
    select id::text from audit_log
    where id < 1 or id > coalesce(
      (select pg_sequence_last_value(pg_get_serial_sequence('audit_log', 'id')::regclass)), 0)
    order by audit_log.id limit 20`);
  return strays.map(({ id }) => `Row ${id} has an id that was never handed out: it was inserted.`);
}

function chainFaults(block: Block, previous: Pick<Block, "number" | "hash" | "lastId">): string[] {
  const faults: string[] = [];
  if (block.number !== previous.number + 1) {
    faults.push(`Between block ${previous.number} and ${block.number} a block is missing.`);
  }
  if (block.previousHash !== previous.hash) {
    faults.push(`Block ${block.number} does not follow the block before it: one was altered.`);
  }
  return faults;
}

async function recompute(
  { db }: TxContext<SystemActor>,
  block: Block,
  after: bigint,
): Promise<{ hash: string; entries: number }> {
  const hash = blockHash(block);
  let entries = 0;
  for await (const { text } of auditRows(db, { after, upTo: block.lastId })) {
    hash.add(text);
    entries += 1;
  }
  return { hash: hash.end({ lastId: block.lastId, entries }), entries };
}
