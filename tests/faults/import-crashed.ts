import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { readClusterFile } from "@/db/embedded/cluster-file";
import { startEmbedded } from "@/db/embedded/launcher";
import { start, stop } from "@/db/embedded/server";
import { findDocument, putDocument } from "@/lib/storage/document-storage";
import { eInvoice } from "../factories/e-invoices";
import { pdfOf } from "../factories/import-files";
import { emptyRow, type Fault, type FaultRow, inShort } from "./fault";
import { freshDatabase } from "./fresh-database";
import type { ImportOrder } from "./import-child";
import { billLines, billOf, writeLines } from "./import-files";
import { judge } from "./import-killed";
import { importInProcess, readyImport } from "./import-process";
import { type Found, type ImportWorld, importWorld } from "./import-world";

/** A cluster of its own, as durable as one of production: this one is crashed. */
const DATA = ".sportello-faults/crashes";

const BATCH = 8;
/** Of bills in the first ones nothing was there; in the others their PDFs take the place of others. */
const NEW_BATCHES = 3;
const ROWS = 5 * BATCH;

/** Of one kind of file: how it is made, and before which batches the server crashes. */
interface Tried {
  name: string;
  make(world: ImportWorld, prefix: string): Promise<ImportOrder>;
  /** Brings about what the file meets. */
  prepare?(world: ImportWorld, prefix: string): Promise<void>;
  holds: number[];
}

const TRIED: Tried[] = [
  { name: "e-invoices", make: invoices, holds: [4] },
  // The last crash comes after files were removed: what they were replaced by is there.
  { name: "bills", make: bills, prepare: earlierBills, holds: [3, 5] },
];

/**
 * PostgreSQL crashes between the batches of an import, which do not wait for the disk, while none of them has come
 * there but those that remove files: batch and cursor are gone together, no row refers to a file that is not there,
 * and begun again the import ends as if nothing had happened.
 */
export const importCrashed: Fault = async ({ quick }) => {
  const server = await startEmbedded(DATA);
  const row = emptyRow("import-crashed");
  try {
    const urls = await freshDatabase(server, "fault_import_crashed");
    const world = await importWorld(urls, ROWS);
    try {
      await letNothingReachTheDisk(world);
      const measure = await Promise.all(TRIED.map(({ make }, at) => make(world, `M-${at}-`)));
      await importInProcess(world.orders("import-measure", ...measure));
      let forgotten = 0;
      for (let round = 0; round < (quick ? inShort(1, 2) : 10); round += 1) {
        for (const [at, tried] of TRIED.entries()) {
          const expected = await found(world, `M-${at}-`);
          forgotten += await crashed(world, row, { tried, prefix: `C${round}${at}-`, expected });
        }
      }
      if (forgotten === 0) {
        row.wrong.push("no crash took a batch that was told of: nothing was tried");
      }
      row.met = `the server forgot ${forgotten} rows that were applied`;
      return row;
    } finally {
      await world.close();
    }
  } finally {
    await server.release();
  }
};

/** Whatever nobody waits for stays in the server's memory, as it may for a fraction of a second elsewhere. */
async function letNothingReachTheDisk({ sql }: ImportWorld): Promise<void> {
  for (const setting of [
    "wal_writer_delay = '10s'",
    "wal_writer_flush_after = '1GB'",
    "checkpoint_timeout = '1h'",
    "autovacuum = off",
  ]) {
    await sql.unsafe(`alter system set ${setting}`);
  }
  await sql`select pg_reload_conf()`;
}

async function crashed(
  world: ImportWorld,
  row: FaultRow,
  { tried, prefix, expected }: { tried: Tried; prefix: string; expected: Found },
): Promise<number> {
  const { name, make, prepare, holds } = tried;
  await prepare?.(world, prefix);
  const order = await make(world, prefix);
  let forgotten = 0;
  for (const holdAt of holds) {
    row.tries += 1;
    const child = await readyImport(
      world.orders("import-crashed", { ...order, batches: { rows: BATCH, holdAt } }),
    );
    child.go();
    await Promise.race([child.held, child.report.then(brokeOff)]);
    const told = await appliedOf(world, order);
    await crash();
    child.kill();
    await child.report;
    forgotten += told - (await appliedOf(world, order));
    row.wrong.push(...(await filesMissed(world, prefix)));
  }
  await importInProcess(world.orders("import-crashed-end", order)).catch((error: Error) =>
    row.wrong.push(`${name}: could not be finished: ${error.message}`),
  );
  judge(row, name, await found(world, prefix), expected);
  row.wrong.push(...(await filesMissed(world, prefix)), ...(await leftOver(world)));
  return forgotten;
}

function brokeOff(report: unknown): never {
  throw new Error(`the import did not come to its crash: ${JSON.stringify(report)}`);
}

async function crash(): Promise<void> {
  const cluster = await readClusterFile(DATA);
  if (!cluster) {
    throw new Error("the cluster to be crashed is not there");
  }
  await stop(cluster, "immediate");
  const { port } = await start(DATA, cluster);
  if (port !== cluster.port) {
    throw new Error("somebody took the cluster's port");
  }
}

async function appliedOf({ sql }: ImportWorld, { file }: ImportOrder): Promise<number> {
  const [record] = await sql<
    { applied: number }[]
  >`select applied from imports where path = ${file}`;
  return record?.applied ?? 0;
}

/** What is there of a file: bills, their lines, and how large their PDFs are. */
async function found({ sql }: ImportWorld, prefix: string): Promise<Found> {
  const [there] = await sql<Found[]>`
    select count(distinct d.id)::int as rows,
      (count(distinct d.id) - count(distinct d.bill_number))::int as doubled,
      md5(coalesce(string_agg(concat_ws('|', substr(d.bill_number, length(${prefix}) + 1), d.contract_number,
        d.issue_date, d.total_cents, d.payment_status, d.origin, d.published_at is not null,
        d.pdf_bytes, l.line_number, l.section, l.description, l.amount_cents),
        chr(10) order by d.bill_number, l.line_number), '')) as digest
    from documents d left join bill_lines l on l.company_id = d.company_id
      and l.contract_id = d.contract_id and l.document_id = d.id
    where starts_with(d.bill_number, ${prefix})`;
  if (!there) {
    throw new Error("the database returned no row");
  }
  return there;
}

/** Bills whose file is not in the storage, or another bill's. */
async function filesMissed({ sql }: ImportWorld, prefix: string): Promise<string[]> {
  const rows = await sql<{ number: string; key: string; bytes: number }[]>`
    select bill_number as number, storage_key as key, pdf_bytes as bytes from documents
    where starts_with(bill_number, ${prefix}) and storage_key is not null`;
  const missed: string[] = [];
  for (const { number, key, bytes } of rows) {
    const content = await findDocument(key);
    if (content?.length !== bytes || !Buffer.from(content).includes(number)) {
      missed.push(`the PDF of ${number} is ${content ? "another" : "gone"}`);
    }
  }
  return missed;
}

async function leftOver({ sql }: ImportWorld): Promise<string[]> {
  const [left] = await sql<{ tables: number; open: number }[]>`
    select (select count(*)::int from pg_class where relnamespace = 'staging'::regnamespace) as tables,
      (select count(*)::int from imports where state <> 'done') as open`;
  return left?.tables || left?.open ? [`left over: ${JSON.stringify(left)}`] : [];
}

async function bills({ company, contracts, folder }: ImportWorld, prefix: string) {
  const many = { bills: ROWS, contracts, prefix, withPdfs: true };
  const documents = path.join(folder, `${prefix}pdfs`);
  await mkdir(documents);
  for (let n = 0; n < ROWS; n += 1) {
    const { number } = billOf(n, many);
    await writeFile(path.join(documents, `${number}.pdf`), pdfOf(`Bolletta ${number}`));
  }
  const file = path.join(folder, `${prefix}bills.csv`);
  await writeLines(file, billLines(many));
  return { kind: "bills", company, file, documents } satisfies ImportOrder;
}

/** Bills that a cancelled run left, with other PDFs. */
async function earlierBills({ sql, contracts }: ImportWorld, prefix: string): Promise<void> {
  const [run] = await sql<{ id: string }[]>`
    insert into invoicing_runs (company_id, name, cut_off_at, state, cancel_reason, cancelled_at)
    select company_id, ${prefix}, now(), 'cancelled', 'never meant', now() from contracts limit 1
    returning id`;
  for (let n = NEW_BATCHES * BATCH; n < ROWS; n += 1) {
    const { number, contract, issued } = billOf(n, { bills: ROWS, contracts, prefix });
    const [key, pdf] = [`crashed/${number}.pdf`, Buffer.from(pdfOf(`Not yet right: ${number}`))];
    await putDocument(key, pdf);
    await sql`insert into documents (company_id, contract_id, holder_id, kind, bill_number, contract_number,
        commodity, supply_point, supply_address, origin, run_id, issue_date, due_date, period_from, period_to,
        total_cents, storage_key, pdf_bytes)
      select company_id, id, holder_id, 'bill', ${number}, contract_number, commodity, supply_point,
        supply_address, 'run', ${run?.id ?? ""}, ${issued}::date, ${issued}::date, ${issued}::date, ${issued}::date,
        1, ${key}, ${pdf.length}
      from contracts where contract_number = ${contract}`;
  }
}

async function invoices({ company, folder, sql }: ImportWorld, prefix: string) {
  const file = path.join(folder, `${prefix}invoices`);
  await mkdir(file);
  const points = await sql<{ point: string }[]>`
    select supply_point as point from contracts order by contract_number limit ${ROWS}`;
  for (const [n, { point }] of points.entries()) {
    const number = `${prefix}${String(n).padStart(4, "0")}`;
    const pdf = n % 2 ? Buffer.from(pdfOf(`Bolletta ${number}`)) : undefined;
    const lines = [{ amount: "60.00" }, { amount: "40.00" }];
    const text = eInvoice({ taxId: null, bodies: [{ number, point, pdf, lines }] });
    await writeFile(path.join(file, `${number}.xml`), text);
  }
  return { kind: "e-invoices", company, file } satisfies ImportOrder;
}
