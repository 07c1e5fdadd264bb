import { eq, sql } from "drizzle-orm";
import { imports } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
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
import { applyBatches, batchRowsOf, type Running, withRoom } from "./apply-batches";
import { holdOpen, type ImportRecord, isOvertaken, recordOf, touch } from "./import-record";
import { keepFaults } from "./keep-faults";
import { forgetStored } from "./store-pdfs";

/** How much is read in one transaction, whichever comes first. */
const SHARE_ROWS = 20_000;
const SHARE_MS = 1_000;
/** How often a file is checked again because something changed meanwhile. */
const CHECKS = 3;

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
      (await staging.holds(ctx.db, record.rows)) &&
      !(await isOvertaken(ctx, record));
    for (let checks = 0; ; checks += 1) {
      try {
        const outcome = checked
          ? outcomeOf(await recordOf(ctx, source.importId))
          : await check(run);
        if (source.input.dryRun) {
          await staging.drop(ctx.db);
        } else {
          await applyBatches(run, outcome);
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
  await inTransaction(ctx, async (tx) => {
    const { db } = tx;
    // A killed process's last batch may still be on its way to the disk: these wait for it.
    await staging.waitForOthers(db);
    await holdOpen(db, source.importId);
    const { cursor } = await recordOf(tx, source.importId);
    await forgetStored(tx, { name: staging.name, cursor });
    await staging.create(db);
    await touch(db, source, {
      state: "checking",
      rows: 0,
      cursor: 0,
      applied: 0,
      startedAt: sql`coalesce(started_at, clock_timestamp())`,
    });
  });
  const rows = await stage({ ctx, kind, source, staging });
  source.input.onProgress?.("checking", { done: rows, of: rows });
  return await inTransaction(ctx, async (tx) => {
    const { db } = tx;
    await withRoom(db);
    await staging.analyze(db);
    await kind.check(tx, source, staging);
    source.faults.throwIfAny();
    const outcome = await countFates(db, staging.table);
    await holdOpen(db, source.importId);
    await staging.order(db, outcome.rows > batchRowsOf(kind));
    await touch(db, source, { ...outcome, state: source.input.dryRun ? "checked" : "applying" });
    return outcome;
  });
}

/** Reads the file into its table, a share per transaction, so that everybody sees how far it is. */
async function stage<Input extends ImportInput>({
  ctx,
  kind,
  source,
  staging,
}: Running<Input>): Promise<number> {
  const reader = kind.read(source);
  let rows = 0;
  let ended = false;
  let failure: unknown;
  async function* share(): AsyncGenerator<StagedRow[]> {
    const from = rows;
    const until = performance.now() + SHARE_MS;
    while (!ended && rows - from < SHARE_ROWS && performance.now() < until) {
      try {
        const { done, value } = await reader.next();
        ended = done === true;
        if (!done) {
          rows += value.length;
          yield value;
        }
      } catch (error) {
        // Here COPY would hand it to the server, and the server to its log.
        failure = error;
        ended = true;
      }
    }
  }
  try {
    while (!ended) {
      source.input.stop?.throwIfAborted();
      await inTransaction(ctx, async ({ db }) => {
        await staging.add(db, share());
        await holdOpen(db, source.importId);
        await touch(db, source, { rows });
      });
      source.input.onProgress?.("reading", { done: rows, of: 0 });
    }
  } finally {
    await reader.return(undefined);
  }
  if (failure) {
    // Whoever ends us may have ended a process that reads first.
    source.input.stop?.throwIfAborted();
    throw failure;
  }
  return rows;
}

/** Keeps why an import failed; whatever is nobody's fault leaves it as it is, to be resumed. */
async function failed<Input extends ImportInput>(
  { ctx, kind, source, staging }: Running<Input>,
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
      await keepFaults(db, kind, source, reason);
    }
  });
  return reason;
}
