import { eq, sql } from "drizzle-orm";
import { PgTransaction } from "drizzle-orm/pg-core";
import type { Transaction } from "@/db/client";
import { imports } from "@/db/schema";
import { tellPlanner } from "@/db/statistics";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { RefusalError } from "@/lib/errors";
import { removeDocuments } from "@/lib/storage/document-storage";
import {
  type ImportInput,
  type ImportKind,
  type ImportOutcome,
  type Source,
  StaleChecksError,
} from "../kind";
import type { Staging } from "../staging";
import { touch } from "./import-record";

/** An import that is being carried out. */
export interface Running<Input extends ImportInput> {
  ctx: Context<SystemActor>;
  kind: ImportKind<Input>;
  source: Source<Input>;
  staging: Staging;
}

/** A batch, or the nothing at the end of an import that has nothing to apply. */
interface Batch {
  /** The cursor before it and after it. */
  from: number;
  to: number | null;
  /** Rows that are applied once it is. */
  applied: number;
  isLast: boolean;
}

/** A batch that has begun, by the cursor before it. */
interface UnderWay {
  from: number;
  done: Promise<void>;
}

/**
 * Applies what was checked, batch by batch, each with its cursor in one transaction; the last one ends the
 * import as well. Of a kind whose batches have nothing in common the next one is begun before one is committed, and is
 * committed after it.
 * @throws {StaleChecksError} if something is not as it was checked
 * @throws {RefusalError} if somebody cancelled the import
 */
export async function applyBatches<Input extends ImportInput>(
  run: Running<Input>,
  outcome: ImportOutcome,
): Promise<void> {
  const { ctx, kind, source, staging } = run;
  const { onProgress, stop } = source.input;
  const of = outcome.added + outcome.changed;
  await kind.prepare?.(ctx, source, staging);
  // Whoever was at it before may just be committing its last batch: this waits for it.
  let { cursor, applied } = await inTransaction(ctx, (tx) => held(tx, source.importId));
  const most = mostAtOnce(run);
  const underWay: Promise<void>[] = [];
  let before: UnderWay | undefined;
  try {
    for (let isLast = false; !isLast; ) {
      stop?.throwIfAborted();
      const from = cursor;
      const { to, rows } = await inTransaction(ctx, async ({ db }) => {
        await withRoom(db);
        return await staging.nextBatch(db, from, batchRowsOf(kind));
      });
      applied += rows;
      isLast = applied >= of;
      if (to === null && !isLast) {
        // A crash of the server emptied what was staged.
        throw new StaleChecksError();
      }
      const batch = { from, to, applied, isLast };
      let begun = () => {};
      const hasBegun = new Promise<void>((resolve) => {
        begun = resolve;
      });
      const done = applyBatch(run, outcome, batch, { before, begun }).then(() =>
        onProgress?.("applying", { done: batch.applied, of }),
      );
      // Whoever waits for the one before hears of it then.
      done.catch(() => {});
      underWay.push(done);
      cursor = to ?? from;
      if (underWay.length >= most) {
        await underWay.shift();
      }
      // It must hold its batch before the next one asks for that.
      await Promise.race([hasBegun, done]);
      before = most > 1 ? { from, done } : undefined;
    }
    await Promise.all(underWay);
  } finally {
    // Whatever comes next, nothing of this is under way any more.
    await Promise.allSettled(underWay);
  }
}

/** Applies a batch and commits it after the one `before`; tells once it has `begun`. */
async function applyBatch<Input extends ImportInput>(
  { ctx, kind, source, staging }: Running<Input>,
  outcome: ImportOutcome,
  { from, to, applied, isLast }: Batch,
  { before, begun }: { before: UnderWay | undefined; begun: () => void },
): Promise<void> {
  const obsolete = await inTransaction(ctx, async (tx) => {
    await waitForBatch(tx, source, from);
    begun();
    // Whoever would cancel it or go on with it waits, where nobody waits for somebody else in turn.
    if (!before) {
      await held(tx, source.importId, from);
    }
    await withRoom(tx.db);
    const keys =
      to === null
        ? []
        : await kind.apply(tx, source, staging.batch(from, to), staging.batchAsRead(from, to));
    if (before) {
      // PostgreSQL is to see it: whom the one before waits for may wait for this one.
      await waitForBatch(tx, source, before.from);
      await before.done;
      await held(tx, source.importId, from);
    }
    if (to !== null) {
      await touch(tx.db, source, { cursor: to, applied });
    }
    if (!isLast && keys.length === 0) {
      await tx.db.execute(NOT_WAITED_FOR);
    }
    if (isLast) {
      await finish({ ctx: tx, kind, source, staging }, outcome);
    } else {
      await tellPlannerOfFirst(tx, kind, from, outcome.added + outcome.changed);
    }
    return keys;
  }).catch((error: unknown) => {
    throw isDeadlock(error) ? new StaleChecksError() : error;
  });
  await removeDocuments(obsolete);
}

/** Whoever waited for a batch and was waited for has written something meanwhile, or would have. */
const isDeadlock = (error: unknown): boolean =>
  (error as { cause?: { code?: string } } | null)?.cause?.code === "40P01";

/** Holds a batch until the transaction's end, by the cursor before it: whoever else holds it comes to theirs first. */
async function waitForBatch({ db }: TxContext, { importId }: Source, from: number): Promise<void> {
  const name = `batch of import ${importId}`;
  await db.execute(sql`select pg_advisory_xact_lock(hashtext(${name}), ${from}::int)`);
}

/** Within a transaction of somebody's there is one connection. */
const mostAtOnce = <Input extends ImportInput>({ ctx, kind, source }: Running<Input>): number =>
  ctx.db instanceof PgTransaction ? 1 : (kind.batchesAtOnce?.(source.input) ?? 1);

/**
 * A batch and its cursor reach the disk together, whenever that is: what a crash of the server takes of both is
 * applied again. The last batch is waited for, since the import is said to be done, and so is one after which
 * files are removed.
 */
const NOT_WAITED_FOR = sql`set local synchronous_commit = off`;

/** Rows that a kind applies in one transaction. */
export const batchRowsOf = <Input extends ImportInput>({ batchRows }: ImportKind<Input>): number =>
  batchRows ?? 2 ** 31 - 1;

/**
 * One import of a kind is at work at a time, and joins whole files: it may sort and hash in memory, but leaves
 * the other processors to whoever waits for a page.
 */
export async function withRoom(db: Transaction): Promise<void> {
  await db.execute(sql`set local work_mem = '64MB'`);
  await db.execute(sql`set local max_parallel_workers_per_gather = 0`);
}

/**
 * An import that nobody cancelled and nobody else applies, until the transaction's end. Rows that name it may be written
 * meanwhile.
 * @throws {StaleChecksError} if somebody else went on from `cursor`
 */
async function held(tx: TxContext, id: string, cursor?: number) {
  const [record] = await tx.db
    .select()
    .from(imports)
    .where(eq(imports.id, id))
    .for("no key update");
  if (record?.state !== "applying") {
    throw new RefusalError(`The import was ${record?.state ?? "removed"} meanwhile.`);
  }
  if (cursor !== undefined && record.cursor !== cursor) {
    throw new StaleChecksError();
  }
  return record;
}

/** The first batch shows the planner that tables are no longer empty; the end tells it the whole. */
async function tellPlannerOfFirst<Input extends ImportInput>(
  { db }: TxContext,
  { fills }: ImportKind<Input>,
  cursor: number,
  of: number,
): Promise<void> {
  const [table, ...tables] = fills;
  if (table && cursor === 0) {
    await tellPlanner(db, of, table, ...tables);
  }
}

async function finish<Input extends ImportInput>(
  { ctx, kind, source, staging }: Omit<Running<Input>, "ctx"> & { ctx: TxContext<SystemActor> },
  outcome: ImportOutcome,
): Promise<void> {
  const { company, importId, faults } = source;
  await kind.finish?.(ctx, source, outcome, staging);
  const [table, ...tables] = kind.fills;
  if (table) {
    await tellPlanner(ctx.db, outcome.added, table, ...tables);
  }
  await touch(ctx.db, source, { state: "done", finishedAt: sql`clock_timestamp()` });
  const { rows, added, changed } = outcome;
  await recordAudit(ctx, {
    action: `imported_${kind.name.replace("-", "_")}`,
    companyId: company.id,
    subjectKind: "import",
    subjectId: importId,
    detail: { fileName: faults.file, rows, added, changed },
  });
  await staging.drop(ctx.db);
}
