import { type SQL, sql } from "drizzle-orm";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { type DocumentSource, openDocuments } from "../documents/document-source";
import type { ImportInput, ImportKind, ImportOutcome } from "../kind";
import { applyBills } from "./apply-bills";
import { type BillTarget, loadTarget } from "./bill-target";
import { BILL_STAGING, checkBills } from "./check-bills";
import { readBills } from "./read-bills";
import { checkPdfs, comparePdfs, storePdfs } from "./store-pdfs";
import { takeOver } from "./take-over";

export interface BillImportInput extends ImportInput {
  target: BillTarget;
}

/** Files of bills; each import has one of its own, since it holds what is between two steps. */
export function billsKind(): ImportKind<BillImportInput> {
  let opened: DocumentSource | undefined;
  const documentsOf = async ({ documents }: BillImportInput) => {
    opened ??= documents === undefined ? undefined : await openDocuments(documents);
    return opened;
  };
  return {
    name: "bills",
    lockOf: ({ id }) => id,
    optionsOf: ({ target }) => ({
      target: target.kind,
      ...(target.kind === "run" ? { run: target.run } : {}),
    }),
    columns: BILL_STAGING,
    // Its PDFs may be others by then: they are looked into again.
    outlives: ({ documents }) => documents === undefined,
    fills: ["documents"],
    // Each batch joins all contracts and withdrawn documents once.
    batchRows: 100_000,
    async *read({ input, faults }) {
      yield* readBills(input.file, await documentsOf(input), faults);
    },
    async check(tx, { company, faults, input, importId }, staging) {
      const target = await loadTarget(tx, input, importId);
      await checkBills(tx.db, company, target, staging, faults);
      const source = await documentsOf(input);
      if (source) {
        await comparePdfs(tx.db, company, staging.table, source, faults);
        await tx.db.execute(namePdfs(staging.table, company.id));
        await checkPdfs(tx.db, staging.table, source, faults);
      }
    },
    async apply(tx, { company, input, importId }, batch) {
      const target = await loadTarget(tx, input, importId);
      const source = await documentsOf(input);
      if (source) {
        await storePdfs(tx.db, batch, source);
      }
      return await applyBills(tx, company, { target, importId }, batch);
    },
    async ended() {
      await opened?.close();
      opened = undefined;
    },
  };
}

/** A replaced PDF gets a key of its own: the old one stays readable if the batch is rolled back. */
export const namePdfs = (staged: SQL, companyId: number) => sql`update ${staged} set
    fate = case when pdf_changed and fate = 'unchanged' then 'changed' else fate end,
    pdf_key = ${companyId}::text || '/' || to_char(issue_date, 'YYYY') || '/' || document_id
      || case when old_key is null then '' else '-' || left(uuidv4()::text, 8) end || '.pdf'
  where pdf_bytes is not null and (fate = 'added' or pdf_changed)`;

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
  return await takeOver(ctx, billsKind(), input);
}
