import { eq, sql } from "drizzle-orm";
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

/**
 * Applies what was checked, batch by batch, each with its cursor in one transaction; the last one ends the
 * import as well.
 * @throws {StaleChecksError} if something is not as it was checked
 * @throws {RefusalError} if somebody cancelled the import
 */
export async function applyBatches<Input extends ImportInput>(
  { ctx, kind, source, staging }: Running<Input>,
  outcome: ImportOutcome,
): Promise<void> {
  const of = outcome.added + outcome.changed;
  await kind.prepare?.(ctx, source, staging);
  for (let ended = false; !ended; ) {
    source.input.stop?.throwIfAborted();
    const { done, obsolete } = await inTransaction(ctx, async (tx) => {
      const { cursor, applied } = await held(tx, source.importId);
      await withRoom(tx.db);
      const { to, rows } = await staging.nextBatch(tx.db, cursor, batchRowsOf(kind));
      const sum = applied + rows;
      if (to === null && sum < of) {
        // A crash of the server emptied what was staged.
        throw new StaleChecksError();
      }
      if (to !== null) {
        const read = staging.batchAsRead(cursor, to);
        await kind.apply(tx, source, staging.batch(cursor, to), read);
        await touch(tx.db, source, { cursor: to, applied: sum });
      }
      const keys = kind.obsolete?.() ?? [];
      ended = sum >= of;
      if (!ended && keys.length === 0) {
        await tx.db.execute(NOT_WAITED_FOR);
      }
      if (ended) {
        await finish({ ctx: tx, kind, source, staging }, outcome);
      } else {
        await tellPlannerOfFirst(tx, kind, cursor, of);
      }
      return { done: sum, obsolete: keys };
    });
    await removeDocuments(obsolete);
    source.input.onProgress?.("applying", { done, of });
  }
}

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

/** Nobody else applies it, and nobody cancelled it. */
async function held(tx: TxContext, id: string) {
  const [record] = await tx.db.select().from(imports).where(eq(imports.id, id)).for("update");
  if (record?.state !== "applying") {
    throw new RefusalError(`The import was ${record?.state ?? "removed"} meanwhile.`);
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
