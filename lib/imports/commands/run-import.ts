import { createWriteStream } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { and, asc, eq, inArray, isNotNull, sql } from "drizzle-orm";
import { imports } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import type { Company } from "@/lib/companies/queries";
import { RefusalError } from "@/lib/errors";
import { enqueue } from "@/lib/jobs/queue";
import { streamDocument } from "@/lib/storage/document-storage";
import { MissingDocumentError, StorageError } from "@/lib/storage/storage-error";
import { withTemporaryFolder } from "@/lib/storage/temporary-folder";
import { FaultList, ImportRefusedError } from "../errors";
import type { ImportInput, ImportKind, ImportOutcome, ImportProgress } from "../kind";
import { getImport } from "../queries";
import { isEnded } from "../rules";
import { carryOut } from "./carry-out";
import { BUSY, oneAtATime, unlessBusy } from "./one-at-a-time";
import { openKind } from "./open-kind";
import { companyOf, fingerprint } from "./take-over";

/**
 * Carries out an import that is kept, from wherever it stands: an upload, or a file of this machine.
 * Null when it has come to its end already.
 * @throws {NotFoundError} if there is none
 * @throws {ImportRefusedError} with the file's faults, which are kept
 * @throws {RefusalError} if its file is gone, or circumstances forbid it
 */
export async function runImport(
  ctx: Context<SystemActor>,
  asked: { importId: string; onProgress?: ImportProgress },
): Promise<ImportOutcome | null> {
  const { kind, company } = await lockOf(ctx, asked.importId);
  return await oneAtATime(ctx, kind, company, () => carryOutHeld(ctx, company, asked));
}

/** What an import locks: nothing of its file is fetched before it is its turn. */
async function lockOf(ctx: Context<SystemActor>, importId: string) {
  const { company: slug, kind: name, options } = await getImport(ctx, importId);
  const { kind } = openKind(name, options, { company: slug, file: "" });
  return { kind, company: await companyOf(ctx, slug) };
}

async function carryOutHeld(
  ctx: Context<SystemActor>,
  company: Company,
  { importId, onProgress }: { importId: string; onProgress?: ImportProgress },
): Promise<ImportOutcome | null> {
  const { state, fileName, kind: name } = await getImport(ctx, importId);
  if (isEnded(state) || state === "checked") {
    return null;
  }
  return await withTemporaryFolder("import", async (folder) => {
    const { options, sha256, ...paths } = await filesOf(ctx, importId, folder);
    const { kind, input } = openKind(name, options, { company: company.slug, ...paths });
    return await carryOut(ctx, sha256 ? sameFile(kind, sha256) : kind, {
      company,
      importId,
      faults: new FaultList(fileName),
      input: { ...input, onProgress },
    });
  });
}

/** The same kind, which reads nothing but the file that was received. */
function sameFile<Input extends ImportInput>(
  kind: ImportKind<Input>,
  sha256: string,
): ImportKind<Input> {
  return {
    ...kind,
    async *read(source) {
      const { file } = source.input;
      const found = await (kind.fingerprint ?? fingerprint)(file, source.faults);
      if (found.sha256 !== sha256) {
        throw new RefusalError("The file is not what it was; import it again.");
      }
      yield* kind.read(source);
    },
  };
}

/** Where an import's files are on this machine; uploads are fetched from the storage. */
async function filesOf({ db }: Context, importId: string, folder: string) {
  const [record] = await db
    .select({
      options: imports.options,
      path: imports.path,
      sha256: imports.sha256,
      storageKey: imports.storageKey,
      documentsPath: imports.documentsPath,
      documentsKey: imports.documentsKey,
    })
    .from(imports)
    .where(eq(imports.id, importId));
  const fetched = async (key: string | null | undefined, name: string) => {
    if (!key) {
      return undefined;
    }
    const target = path.join(folder, name + path.extname(key));
    await pipeline(await streamDocument(key), createWriteStream(target, { mode: 0o600 }));
    return target;
  };
  const file = record?.path ?? (await fetched(record?.storageKey, "file"));
  if (!record || !file) {
    throw new RefusalError("The import's file is not kept any more; import it again.");
  }
  const documents = record.documentsPath ?? (await fetched(record.documentsKey, "documents"));
  return { options: record.options, file, documents, sha256: record.path && record.sha256 };
}

/** Uploads that one process carries out at once: the queue has other jobs to do. */
const AT_ONCE = 2;
let underWay = 0;

/**
 * Carries out an upload for the queue: what is wrong with the file stands in its record. While others of its kind
 * are under way it is left, and whoever ends asks again for those that wait.
 */
export async function runUpload(ctx: Context<SystemActor>, importId: string): Promise<void> {
  if (underWay >= AT_ONCE) {
    return;
  }
  underWay += 1;
  try {
    const { kind, company } = await lockOf(ctx, importId);
    const done = await unlessBusy(ctx, kind, company, () =>
      carryOutHeld(ctx, company, { importId }),
    );
    if (done === BUSY) {
      return;
    }
  } catch (error) {
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
