import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { eq } from "drizzle-orm";
import { imports } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import type { Company } from "@/lib/companies/queries";
import { RefusalError } from "@/lib/errors";
import { streamDocument } from "@/lib/storage/document-storage";
import { withTemporaryFolder } from "@/lib/storage/temporary-folder";
import { FaultList } from "../errors";
import type { ImportInput, ImportKind, ImportOutcome, ImportProgress } from "../kind";
import { getImport } from "../queries";
import { isEnded } from "../rules";
import { carryOut } from "./carry-out";
import { eitherOf, oneAtATime } from "./one-at-a-time";
import { openKind } from "./open-kind";
import { companyOf, fingerprint } from "./take-over";

export interface Asked {
  importId: string;
  onProgress?: ImportProgress;
  stop?: AbortSignal;
}

const CHANGED = "The file is not what it was; import it again.";

/**
 * Carries out an import that is kept, from wherever it stands: an upload, or a file of this machine.
 * Null when it has come to its end already.
 * @throws {NotFoundError} if there is none
 * @throws {ImportRefusedError} with the file's faults, which are kept
 * @throws {RefusalError} if its file is gone, or circumstances forbid it
 */
export async function runImport(
  ctx: Context<SystemActor>,
  asked: Asked,
): Promise<ImportOutcome | null> {
  const { kind, company } = await lockOf(ctx, asked.importId);
  return await oneAtATime(ctx, kind, company, (lost) =>
    carryOutHeld(ctx, company, { ...asked, stop: eitherOf(lost, asked.stop) }),
  );
}

/** What an import locks: nothing of its file is fetched before it is its turn. */
export async function lockOf(ctx: Context<SystemActor>, importId: string) {
  const { company: slug, kind: name, options } = await getImport(ctx, importId);
  const { kind } = openKind(name, options, { company: slug, file: "" });
  return { kind, company: await companyOf(ctx, slug) };
}

/** Carries it out while its lock is held; null when it has come to its end already. */
export async function carryOutHeld(
  ctx: Context<SystemActor>,
  company: Company,
  { importId, onProgress, stop }: Asked,
): Promise<ImportOutcome | null> {
  const { state, fileName, kind: name } = await getImport(ctx, importId);
  if (isEnded(state) || state === "checked") {
    return null;
  }
  return await withTemporaryFolder("import", async (folder) => {
    const { options, sha256, changed, ...paths } = await filesOf(ctx, importId, folder);
    const { kind, input } = openKind(name, options, { company: company.slug, ...paths });
    const readable = changed ? notRead(kind) : sha256 ? sameFile(kind, sha256) : kind;
    return await carryOut(ctx, readable, {
      company,
      importId,
      faults: new FaultList(fileName),
      input: { ...input, onProgress, stop },
    });
  });
}

/** The same kind, which reads nothing: the file is another one, and its import fails. */
const notRead = <Input extends ImportInput>(kind: ImportKind<Input>): ImportKind<Input> => ({
  ...kind,
  // biome-ignore lint/correctness/useYield: it never comes to a row
  async *read() {
    throw new RefusalError(CHANGED);
  },
});

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
        throw new RefusalError(CHANGED);
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
  let changed = false;
  const fetched = async (key: string | null | undefined, name: string, sha256?: string | null) => {
    if (!key) {
      return undefined;
    }
    const target = path.join(folder, name + path.extname(key));
    const hash = createHash("sha256");
    const digesting = async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    };
    await pipeline(
      await streamDocument(key),
      digesting,
      createWriteStream(target, { mode: 0o600 }),
    );
    // Whoever sent it to the storage itself could have sent something else since.
    changed ||= Boolean(sha256) && hash.digest("hex") !== sha256;
    return target;
  };
  const file = record?.path ?? (await fetched(record?.storageKey, "file", record?.sha256));
  if (!record || !file) {
    throw new RefusalError("The import's file is not kept any more; import it again.");
  }
  const documents = record.documentsPath ?? (await fetched(record.documentsKey, "documents"));
  return {
    options: record.options,
    file,
    documents,
    changed,
    sha256: record.path && record.sha256,
  };
}
