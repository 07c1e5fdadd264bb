import { stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { WRITTEN } from "@/db/copy";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { putDocument, readDocument, removeDocuments } from "@/lib/storage/document-storage";
import { checkPdf } from "../documents/check-pdf";
import type { DocumentSource } from "../documents/document-source";
import { invoiceFiles } from "../e-invoices/invoice-files";
import { invoicePieces, type ReadInvoice } from "../e-invoices/invoice-rows";
import { canReadAtOnce, piecesReadAtOnce } from "../e-invoices/read-at-once";
import { CellError, FaultList } from "../errors";
import type { ImportInput, ImportKind, ImportOutcome, Source } from "../kind";
import type { StagedRow, Staging } from "../staging";
import { applyBills } from "./apply-bills";
import { type BillTarget, loadTarget } from "./bill-target";
import { checkBills } from "./check-bills";
import { namePdfs } from "./import-bills";
import { judgeLines, keepWaiting, writeLines } from "./keep-e-invoices";
import { INVOICE_COLUMNS, INVOICE_STAGING, matchInvoices } from "./match-e-invoices";
import { comparePdfs, storePdfs } from "./store-pdfs";
import { digestOf, takeOver } from "./take-over";

export interface EInvoiceInput extends ImportInput {
  target: BillTarget;
  /** The path of the agency's schema (.xsd): then every file is checked against it first. */
  schema?: string;
}

/** Attached PDFs, kept under keys of the import until they are a document's. */
const KEPT_PDFS: DocumentSource = {
  inspect: async (key) => (await readDocument(key)).length,
  read: async (key) => Buffer.from(await readDocument(key)),
  close: async () => {},
};

/** Files of e-invoices; each import has one of its own, since it knows what it keeps meanwhile. */
export function eInvoicesKind(): ImportKind<EInvoiceInput> {
  let attached: string[] = [];
  let bytes = 0;
  return {
    name: "e-invoices",
    lockOf: ({ id }) => id,
    // They write the documents that bills do.
    lockAs: "bills",
    optionsOf: ({ target }) => ({
      target: target.kind,
      ...(target.kind === "run" ? { run: target.run } : {}),
    }),
    columns: INVOICE_STAGING,
    formatOf: async () => null,
    outlives: () => false,
    fills: ["documents", "bill_line_sets"],
    batchRows: 5_000,
    // Bills of the archive tell nobody, and belong to no run. PDFs are held in memory while they are stored.
    batchesAtOnce: ({ target }) => (target.kind === "archive" && attached.length === 0 ? 2 : 1),
    async fingerprint(path, faults) {
      const found = await digestOf(bytesOf(path, faults), faults);
      bytes = found.bytes;
      return found;
    },
    async *read(source) {
      const { input, faults } = source;
      let line = 0;
      const files = { path: input.file, schema: input.schema };
      const processes = await processesFor(input.file, bytes);
      const pieces =
        processes > 1 ? piecesReadAtOnce(files, faults, processes) : invoicePieces(files, faults);
      for await (const { name, invoices, cells } of pieces) {
        const rows: StagedRow[] = [];
        let from = 0;
        for (const invoice of invoices) {
          line += 1;
          const pdf = await keepAttachment(source, line, invoice, faults.within(name));
          if (pdf) {
            attached.push(pdf.document);
          }
          rows.push({
            line,
            document: pdf?.document ?? null,
            pdf_bytes: pdf?.pdf_bytes ?? null,
            [WRITTEN]: cells.subarray(from, invoice.end),
          });
          from = invoice.end;
        }
        yield rows;
      }
    },
    async check(tx, { company, faults, input, importId }, staging) {
      const { db } = tx;
      const target = await loadTarget(tx, input, importId);
      const found = new FaultList(faults.file);
      await checkBills(db, company, target, staging, found, {
        rows: sql`(${matchInvoices(company, staging.table)})`,
        alsoKept: INVOICE_COLUMNS,
        placeOf: (line) => sql`(select 'line ' || r.file_line || ' of ' || r.file_name
          from ${staging.read} r where r.line = ${line})`,
      });
      await judgeLines(db, company, staging);
      await comparePdfs(db, company, staging.table, KEPT_PDFS, found);
      await db.execute(namePdfs(staging.table, company.id));
      await tellWithinFiles(db, staging, found, faults);
      await db.execute(sql`update ${staging.table} s set fate = 'unchanged' where contract_id is null and exists (
        select from waiting_invoices w join ${staging.read} r on r.line = s.line
        where w.company_id = ${company.id} and w.bill_number = s.bill_number and w.reason = s.reason
          and w.total_cents = s.total_cents and w.issue_date = s.issue_date and w.named = r.named)`);
    },
    async apply(tx, { company, input, importId }, batch, read) {
      const target = await loadTarget(tx, input, importId);
      const matched = sql`(select * from ${batch} b where contract_id is not null)`;
      await storePdfs(tx.db, matched, KEPT_PDFS);
      const obsolete = await applyBills(tx, company, { target, importId }, matched);
      await writeLines(tx.db, company, matched, read);
      await keepWaiting(tx.db, company, importId, batch, read);
      return obsolete;
    },
    async ended() {
      await removeDocuments(attached);
      attached = [];
    },
  };
}

/** Tells what was found of staged lines at their places in the files. */
async function tellWithinFiles(
  db: Transaction,
  { read }: Staging,
  found: FaultList,
  faults: FaultList,
): Promise<void> {
  if (found.all.length === 0) {
    return;
  }
  const lines = JSON.stringify(found.all.map(({ line }) => line));
  const places = await db.execute<{ line: number; file: string; at: number }>(sql`
    select line, file_name as file, file_line as at from ${read}
    where line in (select value::int from json_array_elements_text(${lines}::json))`);
  const placeOf = new Map(places.map((place) => [place.line, place]));
  for (const { line, column, reason } of found.all) {
    const place = placeOf.get(line ?? 0);
    faults.within(place?.file ?? faults.file).add({ line: place?.at, column, reason });
  }
}

/** The bytes of every file of invoices at a path, one after the other, each after its name. */
async function* bytesOf(path: string, faults: FaultList): AsyncGenerator<Buffer> {
  for await (const { name, content } of invoiceFiles(path, faults)) {
    yield Buffer.from(`${name}\n`);
    yield* content;
  }
}

/** In a folder or ZIP file of less there is no gain. */
const WORTH_PROCESSES = 24 * 1024 * 1024;
const PROCESSES_MAX = 4;
/** XML is packed that often. */
const PACKED = 15;

/** How many processes are to read what is at a path; `bytes` of it are known, or 0. */
async function processesFor(path: string, bytes: number): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  const isZip = /\.zip$/i.test(path);
  if ((!found?.isDirectory() && !isZip) || !canReadAtOnce()) {
    return 1;
  }
  const all = bytes || (isZip ? (found?.size ?? 0) * PACKED : 0);
  return all < WORTH_PROCESSES ? 1 : Math.min(PROCESSES_MAX, availableParallelism());
}

/** An invoice's PDF, looked into and kept; null without one. */
async function keepAttachment(
  { importId }: Source,
  line: number,
  { pdf, at }: ReadInvoice,
  faults: FaultList,
): Promise<{ document: string; pdf_bytes: number } | null> {
  if (!pdf) {
    return null;
  }
  // From another process it comes as plain bytes.
  const { buffer, byteOffset, length } = pdf.content;
  const content = Buffer.from(buffer, byteOffset, length);
  try {
    await checkPdf(content, { billNumber: pdf.number });
  } catch (error) {
    if (!(error instanceof CellError)) {
      throw error;
    }
    faults.add({ line: at, column: "Attachment", reason: error.message });
    return null;
  }
  const document = `imports/${importId}/${line}.pdf`;
  await putDocument(document, content);
  return { document, pdf_bytes: content.length };
}

/**
 * Takes over e-invoices (FatturaPA) as bills with their lines and PDFs: each is matched to a contract by supply
 * point, then customer code, then tax id plus number; what cannot be matched waits in a list.
 * @throws {ImportRefusedError} with every fault of the files; nothing is changed then
 * @throws {RefusalError} if the run is not there or takes no documents
 */
export async function importEInvoices(
  ctx: Context<SystemActor>,
  input: EInvoiceInput,
): Promise<ImportOutcome> {
  return await takeOver(ctx, eInvoicesKind(), input);
}
