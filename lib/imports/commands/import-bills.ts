import { eq } from "drizzle-orm";
import { imports } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context, TxContext } from "@/lib/auth/context";
import { removeDocuments } from "@/lib/storage/document-storage";
import { requireFolder } from "../pdf-folder";
import { applyBills } from "./apply-bills";
import { type BillTarget, loadTarget } from "./bill-target";
import { checkBills } from "./check-bills";
import { stageBills } from "./stage-bills";
import { comparePdfs, storePdfs } from "./store-pdfs";
import { type ImportInput, type ImportOutcome, type Source, takeOver } from "./take-over";

export interface BillImportInput extends ImportInput {
  target: BillTarget;
  /** The folder with the PDFs that the column `document` names. */
  documents?: string;
}

/**
 * Takes over bills with their PDFs. A published document stays as it is but for its payment status
 * (R21); an unpublished one is replaced.
 * @throws {ImportRefusedError} with every fault of the file; nothing is changed then
 * @throws {RefusalError} if the run is not there or takes no documents
 */
export async function importBills(
  ctx: Context<SystemActor>,
  input: BillImportInput,
): Promise<ImportOutcome> {
  const stored: string[] = [];
  let importId: string | undefined;
  try {
    const { replaced, ...outcome } = await takeOver(ctx, "bills", input, async (tx, source) => {
      importId = source.importId;
      return await importInto(tx, source, input, stored);
    });
    await removeDocuments(replaced);
    return outcome;
  } catch (error) {
    if (stored.length > 0 && !(await wasCommitted(ctx, importId))) {
      await removeDocuments(stored);
    }
    throw error;
  }
}

async function importInto(
  tx: TxContext<SystemActor>,
  source: Source,
  input: BillImportInput,
  stored: string[],
): Promise<ImportOutcome & { replaced: string[] }> {
  const { company, faults } = source;
  const target = await loadTarget(tx, input);
  if (input.documents !== undefined) {
    await requireFolder(input.documents);
  }
  const staging = await stageBills(tx, source, input);
  await checkBills(tx.db, company, target, staging.table, faults);
  if (input.documents !== undefined) {
    await comparePdfs(tx.db, company, staging.table, input.documents, faults);
  }
  faults.throwIfAny();
  const { replaced, ...outcome } = await applyBills(tx, company, target, staging.table);
  if (input.documents !== undefined && !input.dryRun) {
    await storePdfs(tx.db, staging.table, input.documents, stored, input.onProgress);
  }
  return { ...outcome, replaced: input.dryRun ? [] : replaced };
}

/** When the connection broke during COMMIT only the database knows; in doubt the PDFs stay. */
async function wasCommitted(ctx: Context, importId: string | undefined): Promise<boolean> {
  if (importId === undefined) {
    return false;
  }
  try {
    return (await ctx.db.$count(imports, eq(imports.id, importId))) > 0;
  } catch {
    return true;
  }
}
