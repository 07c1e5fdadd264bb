import type { CopyType } from "@/db/copy-buffer";

/** What is staged of every bill, wherever it comes from: its number and its facts. */
export const BILL_COLUMNS = {
  bill_number: "text",
  kind: "text",
  issue_date: "date",
  due_date: "date",
  period_from: "date",
  period_to: "date",
  total_cents: "int",
  consumption: "numeric",
  consumption_unit: "text",
  estimated: "boolean",
  discount_cents: "int",
  payment_status: "text",
} satisfies Record<string, CopyType>;

/** Of its PDF: the name by which whoever stages it finds it again, and its bytes. */
export const PDF_COLUMNS = { document: "text", pdf_bytes: "int" } satisfies Record<
  string,
  CopyType
>;
