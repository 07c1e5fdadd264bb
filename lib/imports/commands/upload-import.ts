import { createHash } from "node:crypto";
import path from "node:path";
import { eq } from "drizzle-orm";
import { v4 as uuidv4 } from "uuid";
import type { z } from "zod";
import { type ImportOptions, imports } from "@/db/schema";
import { type Context, inTransaction } from "@/lib/auth/context";
import { type Company, findCompany } from "@/lib/companies/queries";
import { fail, ok, type Result } from "@/lib/errors";
import { putDocument, removeDocuments } from "@/lib/storage/document-storage";
import { type ImportActor, requireImporter, type UploadProblem } from "../rules";
import type { uploadSchema } from "../schema";
import { receiveUpload } from "./receive-upload";

/**
 * Keeps a file that was sent from the desk, and what belongs to it, and lets a worker import it.
 * @returns the import's id
 * @throws {ForbiddenError} for a role that loads no files
 */
export async function uploadImport(
  ctx: Context<ImportActor>,
  { file, documents, ...asked }: z.output<typeof uploadSchema> & { file: File; documents?: File },
): Promise<Result<string, UploadProblem>> {
  requireImporter(ctx.actor);
  const found = await companyOfUpload(ctx, asked);
  if (!found.ok) {
    return found;
  }
  const { company, ofBills } = found.value;
  const content = Buffer.from(await file.arrayBuffer());
  const storageKey = keyOf(file.name, ".csv");
  const documentsKey = documents && ofBills ? keyOf(documents.name, ".zip") : undefined;
  try {
    await putDocument(storageKey, content);
    if (documents && documentsKey !== undefined) {
      await putDocument(documentsKey, Buffer.from(await documents.arrayBuffer()));
    }
    const id = await receiveUpload(ctx, {
      companyId: company.id,
      kind: asked.kind,
      options: optionsOfUpload(asked),
      fileName: file.name,
      storageKey,
      documentsKey,
      bytes: content.length,
      sha256: createHash("sha256").update(content).digest("hex"),
    });
    return ok(id);
  } catch (error) {
    await removeUnused(ctx, storageKey, documentsKey);
    throw error;
  }
}

type Asked = z.output<typeof uploadSchema>;

const hasDocuments = ({ kind }: Asked) => kind === "bills" || kind === "e-invoices";

/** Whose file it is to be, unless something about it is missing. */
export async function companyOfUpload(
  { db }: Context,
  asked: Asked,
): Promise<Result<{ company: Company; ofBills: boolean }, UploadProblem>> {
  const company = await findCompany(db, asked.company);
  if (!company) {
    return fail("no_company");
  }
  const ofBills = hasDocuments(asked);
  if (ofBills && (asked.target ?? "run") === "run" && asked.run === undefined) {
    return fail("no_run");
  }
  return ok({ company, ofBills });
}

/** How a file that was sent from the desk is to be carried out. */
export const optionsOfUpload = (asked: Asked): ImportOptions => ({
  dryRun: asked.dryRun === "yes",
  ...(hasDocuments(asked) ? { target: asked.target ?? "run", run: asked.run } : {}),
  ...(asked.kind === "choices" ? { origin: asked.origin ?? "portal" } : {}),
  ...(asked.kind === "readings" ? { contractNumber: asked.contract, layout: asked.layout } : {}),
});

/** Removes files that no import has: a commit may have come through though its answer did not. */
async function removeUnused(
  ctx: Context<ImportActor>,
  storageKey: string,
  documentsKey: string | undefined,
): Promise<void> {
  const kept = await inTransaction(ctx, ({ db }) =>
    db.$count(imports, eq(imports.storageKey, storageKey)),
  );
  if (kept === 0) {
    await removeDocuments(documentsKey === undefined ? [storageKey] : [storageKey, documentsKey]);
  }
}

/** A key of its own; the ending says what it is. */
const keyOf = (name: string, otherwise: string) =>
  `imports/${uuidv4()}/file${endingOf(name, otherwise)}`;

/** How a file's name ends, with its point, where that is one. */
export function endingOf(name: string, otherwise: string): string {
  const ending = path.extname(name).toLowerCase();
  return /^\.[a-z0-9]{1,5}$/.test(ending) ? ending : otherwise;
}
