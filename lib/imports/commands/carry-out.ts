import { eq, sql } from "drizzle-orm";
import { imports } from "@/db/schema";
import { tellPlanner } from "@/db/statistics";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { RefusalError } from "@/lib/errors";
import { ImportRefusedError } from "../errors";
import {
  type ImportInput,
  type ImportKind,
  type ImportOutcome,
  type Source,
  StaleChecksError,
} from "../kind";
import { countFates, type StagedRow, Staging } from "../staging";
import { keepFaults } from "./keep-faults";

/** Rows that go to the database together. */
const CHUNK = 10_000;
/** How often a file is checked again because something changed meanwhile. */
const CHECKS = 3;

type ImportRecord = typeof imports.$inferSelect;

/**
 * Carries an import out from wherever it stands: reads and checks the file, then applies it batch by
 * batch, each with its cursor in one transaction. Whoever calls holds its lock.
 * @throws {ImportRefusedError} with the file's faults, which are kept; nothing was changed then
 * @throws {RefusalError} if circumstances forbid it, or somebody cancelled it
 */
export async function carryOut<Input extends ImportInput>(
  ctx: Context<SystemActor>,
  kind: ImportKind<Input>,
  source: Source<Input>,
): Promise<ImportOutcome> {
  const staging = new Staging(source.importId, kind.columns);
  const run = { ctx, kind, source, staging };
  try {
    const record = await recordOf(ctx, source.importId);
    let checked =
      record.state === "applying" &&
      (kind.outlives?.(source.input) ?? true) &&
      (await staging.holds(ctx.db, record.rows));
    for (let checks = 0; ; checks += 1) {
      try {
        const outcome = checked
          ? outcomeOf(await recordOf(ctx, source.importId))
          : await check(run);
        if (source.input.dryRun) {
          await staging.drop(ctx.db);
        } else {
          await applyAll(run, outcome);
        }
        return outcome;
      } catch (error) {
        if (!(error instanceof StaleChecksError) || checks + 1 === CHECKS) {
          throw error;
        }
        checked = false;
      }
    }
  } catch (error) {
    throw await failed(run, error);
  } finally {
    await kind.ended?.(source);
  }
}

interface Running<Input extends ImportInput> {
  ctx: Context<SystemActor>;
  kind: ImportKind<Input>;
  source: Source<Input>;
  staging: Staging;
}

async function recordOf({ db }: Context, id: string): Promise<ImportRecord> {
  const [record] = await db.select().from(imports).where(eq(imports.id, id));
  if (!record) {
    throw new RefusalError("The import is gone.");
  }
  return record;
}

const outcomeOf = ({ rows, added, changed, unchanged }: ImportRecord): ImportOutcome => ({
  rows,
  added,
  changed,
  unchanged,
});

async function check<Input extends ImportInput>({
  ctx,
  kind,
  source,
  staging,
}: Running<Input>): Promise<ImportOutcome> {
  await inTransaction(ctx, async ({ db }) => {
    await staging.create(db);
    await touch(db, source, { state: "checking", rows: 0, cursor: 0, applied: 0 }, true);
  });
  const rows = await stage({ ctx, kind, source, staging });
  source.input.onProgress?.("checking", { done: rows, of: rows });
  return await inTransaction(ctx, async (tx) => {
    const { db } = tx;
    await staging.analyze(db);
    await kind.check(tx, source, staging);
    source.faults.throwIfAny();
    const outcome = await countFates(db, staging.table);
    await staging.order(db);
    await touch(db, source, { ...outcome, state: source.input.dryRun ? "checked" : "applying" });
    return outcome;
  });
}

/** Reads the file into its table, a chunk per transaction, so that everybody sees how far it is. */
async function stage<Input extends ImportInput>({
  ctx,
  kind,
  source,
  staging,
}: Running<Input>): Promise<number> {
  let rows = 0;
  let chunk: StagedRow[] = [];
  const flush = async () => {
    const full = chunk;
    chunk = [];
    rows += full.length;
    await inTransaction(ctx, async ({ db }) => {
      await staging.add(db, full);
      await touch(db, source, { rows });
    });
    source.input.onProgress?.("reading", { done: rows, of: 0 });
  };
  for await (const row of kind.read(source)) {
    chunk.push(row);
    if (chunk.length >= CHUNK) {
      await flush();
    }
  }
  if (chunk.length > 0) {
    await flush();
  }
  return rows;
}

async function applyAll<Input extends ImportInput>(
  { ctx, kind, source, staging }: Running<Input>,
  outcome: ImportOutcome,
): Promise<void> {
  const of = outcome.added + outcome.changed;
  await kind.prepare?.(ctx, source, staging);
  for (let ended = false; !ended; ) {
    const done = await inTransaction(ctx, async (tx) => {
      const { cursor, applied } = await held(tx, source.importId);
      const to = await staging.nextBatch(tx.db, cursor, kind.batchRows ?? 2 ** 31 - 1);
      let sum = applied;
      if (to !== null) {
        const batch = staging.batch(cursor, to);
        await kind.apply(tx, source, batch);
        const [counted] = await tx.db.execute<{ rows: number }>(
          sql`select count(*)::int as rows from ${batch} b`,
        );
        sum += counted?.rows ?? 0;
        await touch(tx.db, source, { cursor: to, applied: sum });
        await tellPlannerOfFirst(tx, kind, cursor, of);
      }
      ended = to === null || (await staging.nextBatch(tx.db, to, 1)) === null;
      if (ended) {
        await finish({ ctx: tx, kind, source, staging }, outcome);
      }
      return sum;
    });
    await kind.settled?.(source);
    source.input.onProgress?.("applying", { done, of });
  }
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

type Change = Partial<{
  [Column in keyof ImportRecord]: ImportRecord[Column] | ReturnType<typeof sql>;
}>;

async function touch(
  db: TxContext["db"],
  { importId }: Source,
  change: Change,
  started = false,
): Promise<void> {
  await db
    .update(imports)
    .set({
      ...change,
      touchedAt: sql`clock_timestamp()`,
      ...(started ? { startedAt: sql`coalesce(started_at, clock_timestamp())` } : {}),
    })
    .where(eq(imports.id, importId));
}

/** Keeps why an import failed; whatever is nobody's fault leaves it as it is, to be resumed. */
async function failed<Input extends ImportInput>(
  { ctx, source, staging }: Running<Input>,
  error: unknown,
): Promise<unknown> {
  const expected = error instanceof ImportRefusedError || error instanceof RefusalError;
  if (!expected && !(error instanceof StaleChecksError)) {
    return error;
  }
  const reason =
    error instanceof StaleChecksError
      ? new RefusalError(
          "What the file is about changed again and again while it was applied; import it once more.",
        )
      : error;
  await inTransaction(ctx, async ({ db }) => {
    await staging.drop(db);
    const [record] = await db
      .select()
      .from(imports)
      .where(eq(imports.id, source.importId))
      .for("update");
    if (record?.state === "cancelled") {
      return;
    }
    await touch(db, source, {
      state: "failed",
      failure: reason.message.slice(0, 500),
      finishedAt: sql`clock_timestamp()`,
    });
    if (reason instanceof ImportRefusedError) {
      reason.importId = source.importId;
      await keepFaults(db, source, reason);
    }
  });
  return reason;
}
