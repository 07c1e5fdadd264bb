import { and, eq, isNull, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { documents, importBefore, imports, waitingInvoices } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { fail, NotFoundError, ok, type Result } from "@/lib/errors";
import { removeDocuments } from "@/lib/storage/document-storage";
import { BILL_FACTS } from "./check-bills";

export type RevertFailure =
  | "not_bills"
  | "not_a_run"
  | "published"
  | "imported_over"
  | "reverted"
  | "under_way";

export interface Reverted {
  removed: number;
  restored: number;
}

/**
 * Takes an import of bills into a run back, as long as none of them is published: what it added goes, what
 * it changed is as it was before, lines and PDFs included. A half applied one is given up with it.
 * @throws {NotFoundError} if there is no such import
 */
export async function revertImport(
  ctx: Context<SystemActor>,
  importId: string,
): Promise<Result<Reverted, RevertFailure>> {
  const { result, keys } = await inTransaction(ctx, async (tx) => {
    const { db } = tx;
    const [found] = await db.select().from(imports).where(eq(imports.id, importId)).for("update");
    if (!found) {
      throw new NotFoundError("import");
    }
    const no = (code: RevertFailure) => ({ result: fail(code), keys: [] as string[] });
    if (found.kind !== "bills" && found.kind !== "e-invoices") {
      return no("not_bills");
    }
    if (found.runId === null) {
      return no("not_a_run");
    }
    if (found.revertedAt !== null) {
      return no("reverted");
    }
    if (found.state === "received" || found.state === "checking") {
      return no("under_way");
    }
    // Nobody publishes the run meanwhile.
    const [run] = await db.execute<{ state: string }>(sql`select state from invoicing_runs
      where company_id = ${found.companyId} and id = ${found.runId} for no key update`);
    if (run?.state === "published" || run?.state === "closed") {
      return no("published");
    }
    if (await isImportedOver(db, found)) {
      return no("imported_over");
    }
    const { restored, keys: came } = await restore(db, found);
    const { removed, keys: added } = await removeAdded(db, found);
    await db
      .update(imports)
      .set({
        revertedAt: sql`clock_timestamp()`,
        ...(found.state === "applying"
          ? {
              state: "cancelled",
              cancelledBy: tx.actor.name,
              finishedAt: sql`clock_timestamp()`,
            }
          : {}),
      })
      .where(eq(imports.id, importId));
    // Nobody waits for the contract of an invoice that was taken back.
    await db.delete(waitingInvoices).where(eq(waitingInvoices.importId, importId));
    // What was approved is not there any more.
    await db.execute(sql`update invoicing_runs set loaded_at = clock_timestamp()
      where company_id = ${found.companyId} and id = ${found.runId} and state = 'loaded'`);
    await recordAudit(tx, {
      action: "reverted_import",
      companyId: found.companyId,
      subjectKind: "import",
      subjectId: importId,
      detail: { removed, restored },
    });
    return { result: ok({ removed, restored }), keys: [...came, ...added] };
  });
  await removeDocuments(keys);
  return result;
}

type Found = typeof imports.$inferSelect;

/** Whether a later import changed what this one wrote: taking it back would take that with it. */
async function isImportedOver(db: Transaction, { id }: Found): Promise<boolean> {
  const rows = await db.execute(sql`
    select from import_before b join imports later on later.id = b.import_id and later.reverted_at is null
    where b.before -> 'document' ->> 'import_id' = ${id} and b.import_id <> ${id}
    union all
    select from import_before b
    join documents d on d.company_id = b.company_id and d.contract_id = b.contract_id and d.id = b.document_id
    where b.import_id = ${id} and d.import_id is distinct from b.import_id
    limit 1`);
  return rows.length > 0;
}

const RESTORED = [
  ...BILL_FACTS,
  "storage_key",
  "pdf_bytes",
  "origin",
  "run_id",
  "import_id",
  "imported_at",
];

/** Puts what was changed back as it was; returns how many, and the PDFs that had come instead. */
async function restore(
  db: Transaction,
  { id }: Found,
): Promise<{ restored: number; keys: string[] }> {
  const of = sql`b.import_id = ${id} and d.company_id = b.company_id
    and d.contract_id = b.contract_id and d.id = b.document_id`;
  const came = await db.execute<{ storage_key: string }>(sql`select d.storage_key
    from documents d, import_before b where ${of} and d.storage_key is not null
      and d.storage_key is distinct from b.before -> 'document' ->> 'storage_key'`);
  const assignments = sql.raw(RESTORED.map((column) => `${column} = was.${column}`).join(", "));
  await db.execute(sql`delete from bill_line_sets d using import_before b
    where b.import_id = ${id} and d.company_id = b.company_id and d.contract_id = b.contract_id
      and d.document_id = b.document_id`);
  const { count } = await db.execute(sql`update documents d set ${assignments}
    from import_before b, lateral jsonb_populate_record(null::documents, b.before -> 'document') was
    where ${of} and d.published_at is null`);
  await db.execute(sql`insert into bill_line_sets (company_id, contract_id, document_id, lines)
    select b.company_id, b.contract_id, b.document_id, b.before -> 'lines' from import_before b
    where b.import_id = ${id} and b.before ->> 'lines' is not null`);
  await db.delete(importBefore).where(eq(importBefore.importId, id));
  return { restored: count, keys: came.map(({ storage_key }) => storage_key) };
}

async function removeAdded(
  db: Transaction,
  { id, companyId, runId }: Found,
): Promise<{ removed: number; keys: string[] }> {
  const gone = await db
    .delete(documents)
    .where(
      and(
        eq(documents.companyId, companyId),
        eq(documents.runId, runId ?? ""),
        eq(documents.importId, id),
        isNull(documents.publishedAt),
      ),
    )
    .returning({ key: documents.storageKey });
  return { removed: gone.length, keys: gone.flatMap(({ key }) => (key === null ? [] : [key])) };
}
