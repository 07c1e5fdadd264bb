import { sql } from "drizzle-orm";
import {
  check,
  foreignKey,
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
import { invoicingRuns } from "./delivery";
import { staff } from "./staff";
import { withdrawals } from "./withdrawal";

const at = () => timestamp({ withTimezone: true });

export const RUN_STEPS = ["freeze", "publish", "close", "cancel", "withdraw", "approve"] as const;

/**
 * A second person's yes to publishing a large run, or to a large withdrawal. `person` is
 * `staff:<id>` or `shell:<user>`; an approval counts for what was there when it was given.
 */
export const runApprovals = pgTable(
  "run_approvals",
  {
    companyId: smallint().notNull(),
    runId: uuid().notNull(),
    id: uuid().notNull().default(sql`uuidv7()`),
    /** Null: the approval is of the publication. */
    withdrawalId: uuid(),
    person: text().notNull(),
    /** How many documents were approved. */
    documents: integer().notNull(),
    approvedAt: at().notNull().default(sql`clock_timestamp()`),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.runId, table.id] }),
    foreignKey({
      columns: [table.companyId, table.runId],
      foreignColumns: [invoicingRuns.companyId, invoicingRuns.id],
    }),
    foreignKey({
      name: "run_approvals_withdrawal_fk",
      columns: [table.companyId, table.withdrawalId],
      foreignColumns: [withdrawals.companyId, withdrawals.id],
    }),
  ],
);

/** What a member of staff ordered for a run on its page; the worker carries it out and answers here. */
export const runOrders = pgTable(
  "run_orders",
  {
    companyId: smallint().notNull(),
    runId: uuid().notNull(),
    id: uuid().notNull().default(sql`uuidv7()`),
    step: text({ enum: RUN_STEPS }).notNull(),
    /** Why, where the step asks for a reason. */
    reason: text(),
    orderedBy: uuid()
      .notNull()
      .references(() => staff.id),
    orderedAt: at().notNull().default(sql`clock_timestamp()`),
    startedAt: at(),
    finishedAt: at(),
    /** `done`, or the code why not; null while it is not finished. */
    outcome: text(),
    detail: jsonb().$type<Record<string, string | number | boolean>>().notNull().default({}),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.runId, table.id] }),
    foreignKey({
      columns: [table.companyId, table.runId],
      foreignColumns: [invoicingRuns.companyId, invoicingRuns.id],
    }),
    index("run_orders_open").on(table.orderedAt).where(sql`finished_at is null`),
    check(
      "run_orders_step_known",
      sql`${table.step} in ('freeze', 'publish', 'close', 'cancel', 'withdraw', 'approve')`,
    ),
  ],
);
