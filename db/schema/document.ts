import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  pgView,
  primaryKey,
  smallint,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { COMMODITIES, contracts, holders } from "./contract";

const at = () => timestamp({ withTimezone: true });

export const DOCUMENT_KINDS = ["bill", "credit_note", "closing_bill", "notice"] as const;
export const PAYMENT_STATUSES = ["open", "paid", "overdue", "refunded"] as const;
export const LINE_SECTIONS = [
  "energy",
  "network",
  "system",
  "taxes",
  "other",
  "time-barred",
] as const;

/**
 * A bill, credit note, closing bill or notice. What the supply was at issue stands on it, so that
 * it stays readable for the holder of that time after the contract changed hands (R5).
 */
export const documents = pgTable(
  "documents",
  {
    companyId: smallint().notNull(),
    contractId: uuid().notNull(),
    id: uuid().notNull().default(sql`uuidv7()`),
    holderId: uuid()
      .notNull()
      .references(() => holders.id),
    kind: text({ enum: DOCUMENT_KINDS }).notNull(),
    billNumber: text().notNull(),
    contractNumber: text().notNull(),
    commodity: text({ enum: COMMODITIES }).notNull(),
    supplyPoint: text().notNull(),
    supplyAddress: text().notNull(),
    origin: text({ enum: ["run", "single", "archive"] }).notNull(),
    runId: uuid(),
    issueDate: date().notNull(),
    dueDate: date().notNull(),
    periodFrom: date().notNull(),
    periodTo: date().notNull(),
    totalCents: integer().notNull(),
    consumption: numeric(),
    consumptionUnit: text({ enum: ["kWh", "Smc", "m3"] }),
    estimated: boolean().notNull().default(false),
    discountCents: integer().notNull().default(0),
    paymentStatus: text({ enum: PAYMENT_STATUSES }).notNull().default("open"),
    /** Key in the document storage; null when no PDF was given. */
    storageKey: text(),
    pdfBytes: integer(),
    importedAt: at().notNull().default(sql`clock_timestamp()`),
    /** The import that wrote it last. */
    importId: uuid(),
    publishedAt: at(),
    /** Wrong, and taken back (R21): it stays, for the audit and for who was told of it. */
    withdrawnAt: at(),
    /** The withdrawn document in whose place this one is. */
    replaces: uuid(),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.contractId, table.id] }),
    foreignKey({
      columns: [table.companyId, table.contractId],
      foreignColumns: [contracts.companyId, contracts.id],
    }),
    uniqueIndex("documents_bill_number_unique_while_valid")
      .on(table.companyId, table.billNumber)
      .where(sql`withdrawn_at is null`),
    check(
      "documents_withdrawn_once_published",
      sql`${table.withdrawnAt} is null or ${table.publishedAt} is not null`,
    ),
    index("documents_withdrawn_of_run")
      .on(table.companyId, table.runId)
      .where(sql`withdrawn_at is not null`),
    index("documents_withdrawn_by_number")
      .on(table.companyId, table.billNumber)
      .where(sql`withdrawn_at is not null`),
    // Staff follow a bill by its id alone.
    index("documents_by_id").on(table.id),
    index("documents_by_issue").on(
      table.companyId,
      table.contractId,
      table.issueDate.desc(),
      table.id.desc(),
    ),
    index("documents_by_run").on(table.companyId, table.runId).where(sql`run_id is not null`),
    check(
      "documents_amount_sign_fits_kind",
      sql`(${table.kind} = 'credit_note' and ${table.totalCents} <= 0) or (${table.kind} <> 'credit_note' and ${table.totalCents} >= 0)`,
    ),
    check("documents_period_in_order", sql`${table.periodFrom} <= ${table.periodTo}`),
    check(
      "documents_run_only_for_run",
      sql`(${table.origin} = 'run') = (${table.runId} is not null)`,
    ),
  ],
);

/**
 * A line as it is kept: number, section, description, quantity, unit, price of a unit in euro, amount in cents.
 * Quantity and price are JSON numbers of any length there, which JavaScript's cannot hold: they are written as text.
 */
export type KeptLine = [
  lineNumber: number,
  section: (typeof LINE_SECTIONS)[number],
  description: string,
  quantity: string | null,
  unit: string | null,
  unitPriceEur: string | null,
  amountCents: number,
];

/**
 * The lines of a bill, all in one row: they are written together and read together, and rows of their own would
 * take three times as long and twice the room.
 */
export const billLineSets = pgTable(
  "bill_line_sets",
  {
    companyId: smallint().notNull(),
    contractId: uuid().notNull(),
    documentId: uuid().notNull(),
    lines: jsonb().$type<KeptLine[]>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.contractId, table.documentId] }),
    foreignKey({
      columns: [table.companyId, table.contractId, table.documentId],
      foreignColumns: [documents.companyId, documents.contractId, documents.id],
    }).onDelete("cascade"),
    check("bill_line_sets_hold_lines", sql`jsonb_array_length(${table.lines}) > 0`),
    // A set of another form would take a contract's pages with it. The first and the last line tell: to look at all of
    // them costs a sixth of writing them.
    check(
      "bill_line_sets_begin_and_end_with_lines",
      sql`(jsonb_array_length(${table.lines} -> 0), jsonb_array_length(${table.lines} -> -1),
        jsonb_typeof(${table.lines} #> '{0,0}'), jsonb_typeof(${table.lines} #> '{0,6}'),
        jsonb_typeof(${table.lines} #> '{-1,0}'), jsonb_typeof(${table.lines} #> '{-1,6}'))
        is not distinct from (7, 7, 'number', 'number', 'number', 'number')`,
    ),
  ],
);

/**
 * One line of a bill, as everybody reads it: a view of their sets with the rights of whoever looks (migration 0057).
 * Quantities are informative, only amounts add up.
 */
export const billLines = pgView("bill_lines", {
  companyId: smallint().notNull(),
  contractId: uuid().notNull(),
  documentId: uuid().notNull(),
  lineNumber: integer().notNull(),
  section: text({ enum: LINE_SECTIONS }).notNull(),
  description: text().notNull(),
  quantity: numeric(),
  unit: text(),
  unitPriceEur: numeric(),
  amountCents: integer().notNull(),
}).existing();
