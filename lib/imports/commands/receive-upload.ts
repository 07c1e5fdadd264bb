import { v7 as uuidv7 } from "uuid";
import { type IMPORT_KINDS, type ImportOptions, imports } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import { actorId } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { RefusalError } from "@/lib/errors";
import { enqueue } from "@/lib/jobs/queue";
import { type ImportActor, requireImporter } from "../rules";

export interface Upload {
  /** Of a file that was sent to the storage under this id already; else a new one. */
  id?: string;
  companyId: number;
  kind: (typeof IMPORT_KINDS)[number];
  options: ImportOptions;
  /** What the sender called it; only its last part is kept. */
  fileName: string;
  /** Where its bytes are in the storage, and those of a ZIP with its PDFs. */
  storageKey: string;
  documentsKey?: string;
  bytes: number;
  sha256: string;
}

/**
 * Keeps an uploaded file as an import and lets a worker carry it out: to the end, or with
 * `options.dryRun` up to what it would do.
 * @returns the import's id
 * @throws {ForbiddenError} for a role that loads no files
 * @throws {RefusalError} for a layout that is no name
 */
export async function receiveUpload(
  ctx: Context<ImportActor>,
  { fileName, ...upload }: Upload,
): Promise<string> {
  requireImporter(ctx.actor);
  if (/[/\\.]/.test(upload.options.layout ?? "")) {
    // A profile of one's own is a file of the machine: only at the shell.
    throw new RefusalError("The layout must be the name of a shipped one.");
  }
  return await inTransaction(ctx, async (tx) => {
    const id = upload.id ?? uuidv7();
    await tx.db.insert(imports).values({
      ...upload,
      id,
      fileName: plainName(fileName),
      importedBy: tx.actor.kind === "system" ? tx.actor.name : (actorId(tx.actor) ?? ""),
    });
    await recordAudit(tx, {
      action: "received_import",
      companyId: upload.companyId,
      subjectKind: "import",
      subjectId: id,
      detail: { kind: upload.kind, bytes: upload.bytes },
    });
    await enqueue(tx, "run_import", { importId: id }, `run-import-${id}`);
    return id;
  });
}

/** The last part of a name, short and on one line. */
function plainName(fileName: string): string {
  const last = fileName.split(/[/\\]/).at(-1) ?? "";
  return last.replace(/\p{C}/gu, "").trim().slice(0, 120) || "upload";
}
