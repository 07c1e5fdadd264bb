import type { Command } from "commander";
import {
  type ExportedRequest,
  exportMandateRequests,
} from "@/lib/contracts/commands/export-mandate-requests";
import { csvCell } from "@/lib/runs/rules";
import { type ExportOptions, exportOnce } from "../export-once";
import { operate } from "../operator";

/** Adds `mandates export`. */
export function addMandateCommands(program: Command): void {
  program
    .command("mandates")
    .description("direct-debit mandates: what customers asked for")
    .command("export")
    .description("requests that were not exported yet, as CSV for the back office; each once")
    .option("--company <slug>", "of this company only")
    .option("--all", "those that were exported before, too")
    .option("--output <file>", "write to this file instead of the screen")
    .action(async (options: ExportOptions, command: Command) => {
      await operate(command, async (operator) => {
        await exportOnce<ExportedRequest>(operator, options, {
          hand: async (choice) => (await exportMandateRequests(operator.ctx, choice)).requests,
          ...{ lines, name: "requests", one: "request" },
        });
      });
    });
}

function* lines(rows: ExportedRequest[]): Generator<string> {
  yield "contract_number;customer_code;holder_name;tax_id;debtor;iban;requested_at;request_id\n";
  for (const row of rows) {
    const cells = [
      row.contractNumber,
      row.customerCode,
      row.holderName,
      row.taxId,
      row.debtor,
      row.iban,
      row.requestedAt.toISOString(),
      row.requestId,
    ];
    yield `${cells.map(csvCell).join(";")}\n`;
  }
}
