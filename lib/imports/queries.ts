import { and, asc, desc, eq, gt, lt, sql } from "drizzle-orm";
import { companies, importFaults, imports, staff, waitingInvoices } from "@/db/schema";
import { type Context, inTransaction } from "@/lib/auth/context";
import { NotFoundError } from "@/lib/errors";
import { csvCell } from "@/lib/runs/rules";
import { type ImportActor, remedyOf, requireImporter } from "./rules";

const IMPORT = {
  id: imports.id,
  company: companies.slug,
  companyId: imports.companyId,
  companyName: companies.name,
  kind: imports.kind,
  state: imports.state,
  options: imports.options,
  runId: imports.runId,
  fileName: imports.fileName,
  path: imports.path,
  storageKey: imports.storageKey,
  bytes: imports.bytes,
  rows: imports.rows,
  added: imports.added,
  changed: imports.changed,
  unchanged: imports.unchanged,
  applied: imports.applied,
  faults: imports.faults,
  failure: imports.failure,
  importedBy: imports.importedBy,
  cancelledBy: sql<string | null>`coalesce(${staff.name}, ${imports.cancelledBy})`,
  importedAt: imports.importedAt,
  touchedAt: imports.touchedAt,
  finishedAt: imports.finishedAt,
  revertedAt: imports.revertedAt,
};

export type ImportSummary = Awaited<ReturnType<typeof listImports>>[number];

const PAGE = 50;

/**
 * The imports of a company, or of all, the newest first; `before` is the id to go on from.
 * @throws {ForbiddenError} for a role that loads no files
 */
export async function listImports(
  ctx: Context<ImportActor>,
  { company, before, limit = PAGE }: { company?: string; before?: string; limit?: number } = {},
) {
  requireImporter(ctx.actor);
  return await inTransaction(
    ctx,
    async ({ db }) =>
      await db
        .select(IMPORT)
        .from(imports)
        .innerJoin(companies, eq(companies.id, imports.companyId))
        .leftJoin(staff, eq(sql`${staff.id}::text`, imports.cancelledBy))
        .where(
          and(
            company === undefined ? undefined : eq(companies.slug, company),
            before === undefined ? undefined : lt(imports.id, before),
          ),
        )
        .orderBy(desc(imports.id))
        .limit(limit),
  );
}

/**
 * One import.
 * @throws {NotFoundError} if there is none
 * @throws {ForbiddenError} for a role that loads no files
 */
export async function getImport(ctx: Context<ImportActor>, id: string): Promise<ImportSummary> {
  requireImporter(ctx.actor);
  const [found] = await inTransaction(
    ctx,
    async ({ db }) =>
      await db
        .select(IMPORT)
        .from(imports)
        .innerJoin(companies, eq(companies.id, imports.companyId))
        .leftJoin(staff, eq(sql`${staff.id}::text`, imports.cancelledBy))
        .where(eq(imports.id, id)),
  );
  if (!found) {
    throw new NotFoundError("import");
  }
  return found;
}

export interface FaultRow {
  ordinal: number;
  file: string;
  line: number | null;
  column: string | null;
  value: string | null;
  reason: string;
  raw: string | null;
}

/** Some of an import's faults, by line, after an ordinal. */
export async function listFaults(
  ctx: Context<ImportActor>,
  { importId, after = 0, limit = PAGE }: { importId: string; after?: number; limit?: number },
): Promise<FaultRow[]> {
  requireImporter(ctx.actor);
  return await inTransaction(
    ctx,
    async ({ db }) =>
      await db
        .select({
          ordinal: importFaults.ordinal,
          file: importFaults.file,
          line: importFaults.line,
          column: importFaults.column,
          value: importFaults.value,
          reason: importFaults.reason,
          raw: importFaults.raw,
        })
        .from(importFaults)
        .where(and(eq(importFaults.importId, importId), gt(importFaults.ordinal, after)))
        .orderBy(asc(importFaults.ordinal))
        .limit(limit),
  );
}

const FAULT_COLUMNS = ["file", "line", "column", "value", "reason", "remedy", "row"];

/** Every fault of an import as CSV, line by line; no cell is a formula. */
export async function* faultLines(
  ctx: Context<ImportActor>,
  importId: string,
): AsyncGenerator<string> {
  yield `${FAULT_COLUMNS.join(";")}\n`;
  let after = 0;
  for (;;) {
    const rows = await listFaults(ctx, { importId, after, limit: 1_000 });
    for (const { file, line, column, value, reason, raw } of rows) {
      const cells = [
        file,
        line === null ? "" : String(line),
        column,
        value,
        reason,
        remedyOf(reason),
        raw,
      ];
      yield `${cells.map((cell) => csvCell(cell ?? "")).join(";")}\n`;
    }
    after = rows.at(-1)?.ordinal ?? 0;
    if (rows.length === 0) {
      return;
    }
  }
}

/**
 * E-invoices that wait for their contract, of a company or of all, the longest first.
 * @throws {ForbiddenError} for a role that loads no files
 */
export async function listWaitingInvoices(
  ctx: Context<ImportActor>,
  { company, limit = 200 }: { company?: string; limit?: number } = {},
) {
  requireImporter(ctx.actor);
  return await inTransaction(
    ctx,
    async ({ db }) =>
      await db
        .select({
          company: companies.slug,
          companyName: companies.name,
          billNumber: waitingInvoices.billNumber,
          fileName: waitingInvoices.fileName,
          issueDate: waitingInvoices.issueDate,
          totalCents: waitingInvoices.totalCents,
          named: waitingInvoices.named,
          reason: waitingInvoices.reason,
          since: waitingInvoices.since,
        })
        .from(waitingInvoices)
        .innerJoin(companies, eq(companies.id, waitingInvoices.companyId))
        .where(company === undefined ? undefined : eq(companies.slug, company))
        .orderBy(asc(waitingInvoices.since), asc(waitingInvoices.billNumber))
        .limit(limit),
  );
}
