import { eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { type ImportOptions, imports } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { violatedConstraint } from "@/lib/errors";
import { receiveUpload } from "@/lib/imports/commands/receive-upload";
import { putDocumentFile, removeDocuments } from "@/lib/storage/document-storage";
import { ProblemError } from "../problem";
import type { ReceivedBody } from "../received-body";
import { type NamedUpload, type Received, withReceived } from "../received-upload";
import { type ImportKindName, MEDIA, type Medium } from "../rules";
import { digestOf, holdRequest, rememberAnswer, whileHeld } from "./hold-request";
import { giveDocuments, takeDocuments } from "./keep-documents";

type System = Context<SystemActor>;

/** What is to be imported; the file is the request's body. */
export interface AskedImport {
  companyId: number;
  kind: ImportKindName;
  options: ImportOptions;
  medium: Medium;
  fileName?: string;
  /** A ZIP with the bills' PDFs, by its id. */
  documents?: string;
  /** The file was sent to the storage before; the body is empty. */
  upload?: NamedUpload;
}

export interface AcceptedImport extends ReceivedBody {
  importId: string;
  /** True when the same call was answered before: there is one import of both. */
  again: boolean;
}

/**
 * Takes a request's body to the storage and keeps it as an import that a worker carries out. Under an Idempotency-Key
 * the same call gives the same import, however often and however many at once.
 * @throws {ProblemError} if the body is not taken, or the key is in flight or was used for another call
 */
export async function acceptImport(
  ctx: System,
  request: Request,
  asked: AskedImport,
  { apiKeyId, idempotencyKey }: { apiKeyId: string; idempotencyKey?: string },
): Promise<AcceptedImport> {
  return await withReceived(request, asked.upload, async (receive) => {
    if (idempotencyKey === undefined) {
      const received = await receive();
      return await keep(ctx, asked, received);
    }
    const key = { apiKeyId, idempotencyKey };
    const held = await holdRequest(ctx, key);
    if (held.kind === "answered") {
      const { bytes, sha256 } = await receive();
      if (digestOf(asked, sha256) !== held.digest) {
        throw new ProblemError(
          "idempotency_key_reused",
          "The Idempotency-Key was used for another file or other parameters; use a new key for each call.",
        );
      }
      return { importId: held.importId, bytes, sha256, again: true };
    }
    const { attemptId } = held;
    return await whileHeld(ctx, key, attemptId, async () => {
      const received = await receive();
      const digest = digestOf(asked, received.sha256);
      const remember: Remember = (tx, importId) =>
        rememberAnswer(tx, key, attemptId, { digest, importId });
      return await keep(ctx, asked, received, remember);
    });
  });
}

type Remember = (
  tx: Parameters<typeof rememberAnswer>[0],
  importId: string,
) => ReturnType<typeof rememberAnswer>;

/** Stores the file and keeps the import with all that belongs to it, or neither. */
async function keep(
  ctx: System,
  { documents, medium, fileName, upload, ...asked }: AskedImport,
  { bytes, sha256, ...received }: Received,
  remember?: Remember,
): Promise<AcceptedImport> {
  const name = `${asked.kind}${MEDIA[medium]}`;
  const storageKey = "key" in received ? received.key : `imports/${uuidv7()}/${name}`;
  if ("file" in received) {
    await putDocumentFile(storageKey, received.file);
  }
  try {
    const importId = await inTransaction(ctx, async (tx) => {
      const documentsKey =
        documents === undefined
          ? undefined
          : await takeDocuments(tx, { id: documents, companyId: asked.companyId });
      const id = await receiveUpload(tx, {
        ...asked,
        ...(upload ? { id: upload.id } : {}),
        bytes,
        sha256,
        fileName: fileName ?? name,
        storageKey,
        documentsKey,
      });
      if (documents !== undefined) {
        await giveDocuments(tx, { id: documents, importId: id });
      }
      await remember?.(tx, id);
      return id;
    });
    return { importId, bytes, sha256, again: false };
  } catch (error) {
    if (upload && violatedConstraint(error) === "imports_pkey") {
      // One upload is one import, however often it is named.
      return { importId: upload.id, bytes, sha256, again: true };
    }
    // A commit may have come through though its answer did not.
    if (!upload && (await ctx.db.$count(imports, eq(imports.storageKey, storageKey))) === 0) {
      await removeDocuments([storageKey]);
    }
    throw error;
  }
}
