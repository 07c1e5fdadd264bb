import { csvCell } from "@/lib/runs/rules";
import type { MailRoomRow } from "./mail-room";

/** A mail room's list as CSV, line by line; the first names the columns. No cell is a formula. */
export function* mailRoomLines(rows: MailRoomRow[]): Generator<string> {
  yield "latest_safe_on;reason;contract_number;holder_name;billing_address;bill_number;issue_date;due_date;document\n";
  for (const row of rows) {
    const cells = [
      row.latestSafeOn,
      row.reason,
      row.contractNumber,
      row.holderName,
      row.billingAddress ?? "",
      row.billNumber,
      row.issueDate,
      row.dueDate,
      row.document ?? "",
    ];
    yield `${cells.map(csvCell).join(";")}\n`;
  }
}
