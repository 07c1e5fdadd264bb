import { and, asc, eq, inArray, isNotNull, sql } from "drizzle-orm";
import { imports } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { RefusalError } from "@/lib/errors";
import { enqueue } from "@/lib/jobs/queue";
import { MissingDocumentError, StorageError } from "@/lib/storage/storage-error";
import { ImportRefusedError } from "../errors";
import { BUSY, eitherOf, unlessBusy } from "./one-at-a-time";
import { carryOutHeld, lockOf } from "./run-import";

/** Uploads that one process carries out at once: the queue has other jobs to do. */
const AT_ONCE = 2;
let underWay = 0;

/**
 * Carries out an upload for the queue: what is wrong with the file stands in its record. While others of its kind
 * are under way it is left, and whoever ends asks again for those that wait. Where `stop` aborts in the midst, whoever
 * works the queue next goes on: from the last batch, or with reading from the beginning.
 */
export async function runUpload(
  ctx: Context<SystemActor>,
  importId: string,
  stop?: AbortSignal,
): Promise<void> {
  if (underWay >= AT_ONCE) {
    return;
  }
  underWay += 1;
  try {
    const { kind, company } = await lockOf(ctx, importId);
    const done = await unlessBusy(ctx, kind, company, (lost) =>
      carryOutHeld(ctx, company, { importId, stop: eitherOf(lost, stop) }),
    );
    if (done === BUSY) {
      return;
    }
  } catch (error) {
    if (stop?.aborted && error === stop.reason) {
      // Its own job is still held by us, so that this is another one.
      await inTransaction(ctx, async (tx) => {
        await enqueue(tx, "run_import", { importId }, `run-import-${importId}`);
      });
      return;
    }
    if (!(error instanceof ImportRefusedError || error instanceof RefusalError)) {
      throw error;
    }
    await endWith(ctx, importId, error);
  } finally {
    underWay -= 1;
  }
  await askForWaiting(ctx);
}

/** Keeps why an upload cannot be carried out at all; a bucket that does not answer may do so later. */
async function endWith(ctx: Context<SystemActor>, importId: string, error: Error): Promise<void> {
  if (error instanceof StorageError && !(error instanceof MissingDocumentError)) {
    return;
  }
  await inTransaction(ctx, async ({ db }) => {
    await db
      .update(imports)
      .set({
        state: "failed",
        failure: error.message.slice(0, 500),
        finishedAt: sql`clock_timestamp()`,
      })
      .where(and(eq(imports.id, importId), inArray(imports.state, UNDER_WAY)));
  });
}

const UNDER_WAY = ["received", "checking", "applying"] as const;

/** Asks again for uploads whose turn has not come yet. */
async function askForWaiting(ctx: Context<SystemActor>): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const waiting = await tx.db
      .select({ importId: imports.id })
      .from(imports)
      .where(and(eq(imports.state, "received"), isNotNull(imports.storageKey)))
      .orderBy(asc(imports.id))
      .limit(AT_ONCE * 2);
    await ask(tx, waiting);
  });
}

/** Asks again for uploads that a killed worker left behind; one that somebody is at is left to them. */
export async function resumeUploads(ctx: Context<SystemActor>): Promise<number> {
  return await inTransaction(ctx, async (tx) => {
    const left = await tx.db
      .select({ importId: imports.id })
      .from(imports)
      .where(
        and(
          inArray(imports.state, UNDER_WAY),
          isNotNull(imports.storageKey),
          sql`coalesce(${imports.touchedAt}, ${imports.importedAt}) < clock_timestamp() - interval '2 minutes'`,
        ),
      )
      .orderBy(asc(imports.id));
    await ask(tx, left);
    return left.length;
  });
}

async function ask(tx: TxContext<SystemActor>, uploads: { importId: string }[]): Promise<void> {
  for (const one of uploads) {
    await enqueue(tx, "run_import", one, `run-import-${one.importId}`);
  }
}
