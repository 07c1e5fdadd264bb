import { eq } from "drizzle-orm";
import type { z } from "zod";
import { imports } from "@/db/schema";
import type { StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { fail, ok, type Result, violatedConstraint } from "@/lib/errors";
import {
  arrivedFiles,
  largestDirectUpload,
  type OfferedUpload,
  offerUpload,
  readArrived,
  takesDirectUploads,
} from "@/lib/storage/direct-uploads";
import { requireImporter, type UploadProblem } from "../rules";
import type { directUploadSchema, sentUploadSchema } from "../schema";
import { receiveUpload } from "./receive-upload";
import { companyOfUpload, endingOf, optionsOfUpload } from "./upload-import";

type Ctx = Context<StaffActor>;

/** What the service is told; what is in a file is looked at when it is imported. */
const CONTENT_TYPE = "application/octet-stream";

/**
 * Offers a place in the storage for a file that no form takes, and for its PDFs.
 * @throws {ForbiddenError} for a role that loads no files
 */
export async function offerDirectUpload(
  ctx: Ctx,
  { file, documents, ...asked }: z.output<typeof directUploadSchema>,
): Promise<Result<OfferedUpload, UploadProblem>> {
  requireImporter(ctx.actor);
  const found = await companyOfUpload(ctx, asked);
  if (!found.ok) {
    return found;
  }
  const { company, ofBills } = found.value;
  const zip = ofBills ? documents : undefined;
  const largest = takesDirectUploads() ? largestDirectUpload() : 0;
  if (Math.max(file.bytes, zip?.bytes ?? 0) > largest) {
    return fail("too_large");
  }
  const part = (name: "file" | "documents", { name: called, bytes }: typeof file) => ({
    part: name,
    ending: endingOf(called, name === "file" ? ".csv" : ".zip"),
    contentType: CONTENT_TYPE,
    bytes,
  });
  return ok(
    await offerUpload({ companyId: company.id, by: ctx.actor.staffId }, [
      part("file", file),
      ...(zip ? [part("documents", zip)] : []),
    ]),
  );
}

/**
 * Keeps a file that was sent to the offered place, as the storage has it, and lets a worker import it. The upload's
 * id is the import's: sent twice it is one.
 * @returns the import's id
 * @throws {ForbiddenError} for a role that loads no files
 */
export async function receiveDirectUpload(
  ctx: Ctx,
  { upload, fileName, ...asked }: z.output<typeof sentUploadSchema>,
): Promise<Result<string, UploadProblem>> {
  requireImporter(ctx.actor);
  const found = await companyOfUpload(ctx, asked);
  if (!found.ok) {
    return found;
  }
  const { company, ofBills } = found.value;
  const arrived = takesDirectUploads()
    ? await arrivedFiles({ companyId: company.id, by: ctx.actor.staffId }, upload)
    : {};
  if (!arrived.file) {
    return fail("not_arrived");
  }
  const file = await readArrived(arrived.file);
  try {
    return ok(
      await receiveUpload(ctx, {
        id: upload,
        companyId: company.id,
        kind: asked.kind,
        options: optionsOfUpload(asked),
        fileName,
        storageKey: file.key,
        documentsKey: ofBills ? arrived.documents?.key : undefined,
        bytes: file.bytes,
        sha256: file.sha256,
      }),
    );
  } catch (error) {
    if (violatedConstraint(error) !== "imports_pkey") {
      throw error;
    }
    const kept = await inTransaction(ctx, ({ db }) => db.$count(imports, eq(imports.id, upload)));
    return kept > 0 ? ok(upload) : fail("not_arrived");
  }
}
