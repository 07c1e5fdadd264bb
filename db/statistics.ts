import { sql } from "drizzle-orm";
import type { Transaction } from "./client";

/** What is filled by the thousand at once; the worker may analyze these. */
export type Filled =
  | "holders"
  | "contracts"
  | "mandates"
  | "delivery_choices"
  | "delivery_plans"
  | "documents"
  | "bill_line_sets"
  | "dispatches";

/** Fewer rows are joined fast enough in any way. */
const MANY = 1_000;

/**
 * Tells the planner of rows that this transaction wrote. Autovacuum does so a minute later, and of a
 * run among many never: it waits for a tenth of the table. Until then a run's million rows are taken
 * for one, and its documents are looked for in its plan by reading all of it for each.
 */
export async function tellPlanner(
  db: Transaction,
  written: number,
  ...tables: [Filled, ...Filled[]]
): Promise<void> {
  if (written >= MANY) {
    await db.execute(sql.raw(`analyze ${tables.join(", ")}`));
  }
}
