import { Readable } from "node:stream";
import type { Command } from "commander";
import { decideSelfReadings } from "@/lib/consumption/commands/decide-self-readings";
import {
  type ExportedReading,
  exportSelfReadings,
} from "@/lib/consumption/commands/export-self-readings";
import { csvCell } from "@/lib/runs/rules";
import { companyMeant, type Operator, operate } from "../operator";
import { toScreen, writeWhole } from "../whole-file";

interface ExportOptions {
  company?: string;
  all?: boolean;
  output?: string;
}

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
      await operate(command, async (operator) => await exportReadings(operator, options));
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

async function exportReadings(operator: Operator, options: ExportOptions): Promise<void> {
  const { all, output } = options;
  const company = options.company === undefined ? undefined : await companyMeant(operator, options);
  let told: ExportedReading[] = [];
  const { readings } = await exportSelfReadings(operator.ctx, {
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
    const words = readings === 1 ? "1 self-reading" : `${readings} self-readings`;
    operator.answer({ readings, output }, [`Wrote ${words} to ${output}.`]);
  } else if (operator.json) {
    operator.answer({ readings: told }, []);
  }
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
