import { type SQL, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { rowsInPieces } from "@/db/cursor";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import type { Company } from "@/lib/companies/queries";
import { findDocument, putDocument, removeDocuments } from "@/lib/storage/document-storage";
import { checkPdf } from "../documents/check-pdf";
import type { DocumentSource } from "../documents/document-source";
import { CellError, type FaultList, shown } from "../errors";

/** PDFs that are held in memory at once. */
const AT_ONCE = 8;

/**
 * Marks the staged bills whose PDF differs from the one that is stored. A published document may
 * get the PDF it lacks, never another one (R21).
 */
export async function comparePdfs(
  db: Transaction,
  company: Company,
  staged: SQL,
  source: DocumentSource,
  faults: FaultList,
): Promise<void> {
  const earlier = rowsInPieces<{
    line: number;
    bill_number: string;
    document: string;
    pdf_bytes: number;
    stored_bytes: number | null;
    storage_key: string | null;
    published: boolean;
  }>(
    db,
    sql`select s.line, s.bill_number, s.document, s.pdf_bytes, d.pdf_bytes as stored_bytes,
      d.storage_key, d.published_at is not null as published
    from ${staged} s join documents d on d.company_id = ${company.id} and d.id = s.document_id
      and d.contract_id = s.contract_id
    where s.exists_already and s.pdf_bytes is not null`,
  );
  const changed: number[] = [];
  await inGroups(earlier, async (row) => {
    const same =
      row.storage_key !== null &&
      row.stored_bytes === row.pdf_bytes &&
      (await isStored(row.storage_key, await source.read(row.document, row.pdf_bytes)));
    if (same) {
      return;
    }
    if (row.published && row.storage_key !== null) {
      faults.add({
        line: row.line,
        column: "document",
        reason: `${row.bill_number} is published, so its PDF may not change any more`,
      });
    }
    changed.push(row.line);
  });
  if (changed.length > 0) {
    await db.execute(sql`update ${staged} set pdf_changed = true
      where line in (select value::int from json_array_elements_text(${JSON.stringify(changed)}::json))`);
  }
}

/** Looks into each PDF that will be stored: nobody gets another's bill, nor one that acts by itself. */
export async function checkPdfs(
  db: Transaction,
  staged: SQL,
  source: DocumentSource,
  faults: FaultList,
): Promise<void> {
  const rows = rowsInPieces<{
    line: number;
    bill_number: string;
    document: string;
    pdf_bytes: number;
  }>(
    db,
    sql`select line, bill_number, document, pdf_bytes from ${staged}
    where pdf_key is not null order by line`,
  );
  await inGroups(rows, async ({ line, bill_number, document, pdf_bytes }) => {
    try {
      await checkPdf(await source.read(document, pdf_bytes), { billNumber: bill_number });
    } catch (error) {
      if (!(error instanceof CellError)) {
        throw error;
      }
      faults.add({ line, column: "document", reason: `${shown(document)}: ${error.message}` });
    }
  });
}

/** Stores the PDFs of a batch that need it; what is not committed then is stored again under the same keys. */
export async function storePdfs(
  db: Transaction,
  batch: SQL,
  source: DocumentSource,
): Promise<void> {
  const rows = rowsInPieces<{ document: string; pdf_bytes: number; pdf_key: string }>(
    db,
    sql`select document, pdf_bytes, pdf_key from ${batch} s where pdf_key is not null order by line`,
  );
  await inGroups(rows, async ({ document, pdf_bytes, pdf_key }) => {
    await putDocument(pdf_key, await source.read(document, pdf_bytes));
  });
}

/**
 * Removes the PDFs of batches after a cursor that were stored and never committed: nobody knows their keys once the
 * staged rows are gone. Nothing where there is no such table. Whoever calls knows that nobody else works with it.
 */
export async function forgetStored(
  { db }: Context<SystemActor>,
  { name, cursor }: { name: string; cursor: number },
): Promise<void> {
  const table = `staging."${name}"`;
  const [named] = await db.execute(sql`select from pg_attribute
    where attrelid = to_regclass(${table}) and attname = 'pdf_key' and not attisdropped`);
  if (!named) {
    return;
  }
  const stored = await db.execute<{ key: string }>(
    sql`select pdf_key as key from ${sql.raw(table)} s where pdf_key is not null and batch_at > ${cursor}
      and not exists (select from documents d where d.storage_key = s.pdf_key)`,
  );
  await removeDocuments(stored.map(({ key }) => key));
}

async function isStored(key: string, content: Uint8Array): Promise<boolean> {
  const there = await findDocument(key);
  return there !== null && Buffer.from(there).equals(content);
}

/** Works through rows a few at a time; after a failure nothing is still under way. */
async function inGroups<Row>(
  pieces: AsyncIterable<Row[]>,
  work: (row: Row) => Promise<void>,
): Promise<void> {
  for await (const rows of pieces) {
    const left = rows.values();
    const lanes = Array.from({ length: AT_ONCE }, async () => {
      for (const row of left) {
        await work(row);
      }
    });
    const failed = (await Promise.allSettled(lanes)).find((lane) => lane.status === "rejected");
    if (failed) {
      throw failed.reason;
    }
  }
}
