import { sql } from "drizzle-orm";
import {
  bigint,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";

const at = () => timestamp({ withTimezone: true });

export const IMPORT_KINDS = [
  "contracts",
  "choices",
  "bills",
  "bill-lines",
  "e-invoices",
  "readings",
] as const;

/**
 * received → checking → checked (a dry run ends there) → applying → done. A file with faults has
 * failed before anything was applied; one that is given up is cancelled.
 */
export const IMPORT_STATES = [
  "received",
  "checking",
  "checked",
  "applying",
  "done",
  "failed",
  "cancelled",
] as const;

/** How an import is to be carried out; what a kind does not know is absent. */
export interface ImportOptions {
  dryRun?: boolean;
  /** Bills and e-invoices: where they go (R15). */
  target?: "archive" | "single" | "run";
  /** The name or id of the run. */
  run?: string;
  /** Choices: where they were made. */
  origin?: "portal" | "paper-form";
  /** Readings: whose they are, where the file does not say. */
  contractNumber?: string;
  /** Readings: how the file is written. */
  layout?: string;
}

/** A file of the billing system: which, by whom, how far it is, what came of it. */
export const imports = pgTable(
  "imports",
  {
    id: uuid().primaryKey().default(sql`uuidv7()`),
    companyId: smallint().notNull(),
    kind: text({ enum: IMPORT_KINDS }).notNull(),
    state: text({ enum: IMPORT_STATES }).notNull().default("received"),
    options: jsonb().$type<ImportOptions>().notNull().default({}),
    /** The run its bills go into: nobody publishes that half loaded. */
    runId: uuid(),
    fileName: text().notNull(),
    /** Where the file is: a path of whoever runs it at the shell, or an upload's key in the storage. */
    path: text(),
    storageKey: text(),
    /** The same of the folder or ZIP with its PDFs. */
    documentsPath: text(),
    documentsKey: text(),
    bytes: bigint({ mode: "number" }),
    bytesRead: bigint({ mode: "number" }).notNull().default(0),
    /** Of the file's bytes, once they were read. */
    sha256: text(),
    rows: integer().notNull().default(0),
    added: integer().notNull().default(0),
    changed: integer().notNull().default(0),
    unchanged: integer().notNull().default(0),
    /** Up to which batch the file is applied. */
    cursor: integer().notNull().default(0),
    /** How many of its added and changed rows are applied. */
    applied: integer().notNull().default(0),
    faults: integer().notNull().default(0),
    /** One sentence: why it failed or was cancelled. */
    failure: text(),
    importedBy: text().notNull(),
    /** Who gave it up; null where nobody did, or it waited too long. */
    cancelledBy: text(),
    importedAt: at().notNull().default(sql`clock_timestamp()`),
    startedAt: at(),
    finishedAt: at(),
    revertedAt: at(),
    /** When it last came further. */
    touchedAt: at(),
  },
  (table) => [
    index("imports_of_runs").on(table.companyId, table.runId).where(sql`run_id is not null`),
    index("imports_unfinished")
      .on(table.id)
      .where(sql`state in ('received', 'checking', 'applying')`),
  ],
);

/** What is wrong with a file, and the row it is wrong in, as it stood there. */
export const importFaults = pgTable(
  "import_faults",
  {
    importId: uuid()
      .notNull()
      .references(() => imports.id, { onDelete: "cascade" }),
    ordinal: integer().notNull(),
    file: text().notNull(),
    line: integer(),
    column: text("column_name"),
    value: text(),
    reason: text().notNull(),
    raw: text(),
  },
  (table) => [primaryKey({ columns: [table.importId, table.ordinal] })],
);

/** Unpublished documents as they were before an import changed them, so that it can be reverted. */
export const importBefore = pgTable(
  "import_before",
  {
    importId: uuid()
      .notNull()
      .references(() => imports.id, { onDelete: "cascade" }),
    companyId: smallint().notNull(),
    contractId: uuid().notNull(),
    documentId: uuid().notNull(),
    before: jsonb().notNull(),
  },
  (table) => [primaryKey({ columns: [table.importId, table.documentId] })],
);

/** E-invoices for which no contract was found: they wait until one is, or somebody drops them. */
export const waitingInvoices = pgTable(
  "waiting_invoices",
  {
    companyId: smallint().notNull(),
    billNumber: text().notNull(),
    importId: uuid()
      .notNull()
      .references(() => imports.id),
    fileName: text().notNull(),
    issueDate: date().notNull(),
    totalCents: integer().notNull(),
    /** What the invoice says of whose it is: supply points, customer codes, contract numbers. */
    named: jsonb().$type<{ points: string[]; codes: string[]; contracts: string[] }>().notNull(),
    reason: text({ enum: ["no_contract", "other_holder", "several", "no_buyer"] }).notNull(),
    since: at().notNull().default(sql`clock_timestamp()`),
  },
  (table) => [primaryKey({ columns: [table.companyId, table.billNumber] })],
);
