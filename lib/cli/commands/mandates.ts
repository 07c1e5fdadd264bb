import { Readable } from "node:stream";
import type { Command } from "commander";
import {
  type ExportedRequest,
  exportMandateRequests,
} from "@/lib/contracts/commands/export-mandate-requests";
import { csvCell } from "@/lib/runs/rules";
import { companyMeant, type Operator, operate } from "../operator";
import { toScreen, writeWhole } from "../whole-file";

interface ExportOptions {
  company?: string;
  all?: boolean;
  output?: string;
}

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
      await operate(command, async (operator) => await exportRequests(operator, options));
    });
}

async function exportRequests(operator: Operator, options: ExportOptions): Promise<void> {
  const { all, output } = options;
  const company = options.company === undefined ? undefined : await companyMeant(operator, options);
  let told: ExportedRequest[] = [];
  const { requests } = await exportMandateRequests(operator.ctx, {
    ...{ company, all },
    write: async (rows) => {
      if (output !== undefined) {
        await writeWhole(output, Readable.from(lines(rows)));
      } else if (operator.json) {
        told = rows;
      } else {
        await toScreen(Readable.from(lines(rows)));
      }
    },
  });
  if (output !== undefined) {
    const words = requests === 1 ? "1 request" : `${requests} requests`;
    operator.answer({ requests, output }, [`Wrote ${words} to ${output}.`]);
  } else if (operator.json) {
    operator.answer({ requests: told }, []);
  }
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
