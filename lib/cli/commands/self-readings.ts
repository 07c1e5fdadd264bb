import type { Command } from "commander";
import { decideSelfReadings } from "@/lib/consumption/commands/decide-self-readings";
import {
  type ExportedReading,
  exportSelfReadings,
} from "@/lib/consumption/commands/export-self-readings";
import { csvCell } from "@/lib/runs/rules";
import { type ExportOptions, exportOnce } from "../export-once";
import { operate } from "../operator";

/** Adds `self-readings export|decide`. */
export function addSelfReadingCommands(program: Command): void {
  const group = program
    .command("self-readings")
    .description("what customers read off their meters themselves");
  group
    .command("export")
    .description("self-readings that were not exported yet, as CSV for the back office; each once")
    .option("--company <slug>", "of this company only")
    .option("--all", "those that were exported before, too")
    .option("--output <file>", "write to this file instead of the screen")
    .action(async (options: ExportOptions, command: Command) => {
      await operate(command, async (operator) => {
        await exportOnce<ExportedReading>(operator, options, {
          hand: async (choice) => (await exportSelfReadings(operator.ctx, choice)).readings,
          ...{ lines, name: "readings", one: "self-reading" },
        });
      });
    });
  group
    .command("decide <file>")
    .description(
      "take over the back office's decisions: receipt_code;decision(accepted|refused);reason(implausible|other_meter|read_remotely)",
    )
    .action(async (file: string, _options: object, command: Command) => {
      await operate(command, async ({ ctx, answer }) => {
        const done = await decideSelfReadings(ctx, file);
        answer({ ...done }, [
          `${done.decided} decided, ${done.unchanged} were decided so already.`,
        ]);
      });
    });
}

function* lines(rows: ExportedReading[]): Generator<string> {
  yield "contract_number;supply_point;meter_serial;commodity;read_on;count;doubt;submitted_at;receipt_code\n";
  for (const row of rows) {
    const cells = [
      row.contractNumber,
      row.supplyPoint,
      row.meterSerial ?? "",
      row.commodity,
      row.readOn,
      (row.countThousandths / 1000).toFixed(3).replace(".", ","),
      row.doubt ?? "",
      row.submittedAt.toISOString(),
      row.receiptCode,
    ];
    yield `${cells.map(csvCell).join(";")}\n`;
  }
}
