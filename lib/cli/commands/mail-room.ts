import { Readable } from "node:stream";
import type { Command } from "commander";
import { exportMailRoom } from "@/lib/dispatches/commands/export-mail-room";
import type { MailRoomRow } from "@/lib/dispatches/queries/mail-room";
import { mailRoomLines } from "@/lib/dispatches/queries/mail-room-file";
import { actingAs } from "../acting";
import { counted } from "../counted";
import { companyMeant, type Operator, operate } from "../operator";
import { toScreen, writeWhole } from "../whole-file";

interface ExportOptions {
  company?: string;
  as?: string;
  output?: string;
}

/** Adds `mail-room export`. */
export function addMailRoomCommands(program: Command): void {
  program
    .command("mail-room")
    .description("what has to be printed outside the runs' own print lists")
    .command("export")
    .description("bills that turned to paper and bills outside runs, as CSV; each once")
    .option("--company <slug>", "may be left out when there is one company only")
    .option("--as <email>", "as this member of staff; asks for password and code")
    .option("--output <file>", "write to this file instead of the screen")
    .action(async (options: ExportOptions, command: Command) => {
      await operate(command, async (operator) => await exportList(operator, options));
    });
}

async function exportList(operator: Operator, options: ExportOptions): Promise<void> {
  const company = await companyMeant(operator, options);
  const { ctx } = await actingAs(operator, options.as);
  const { output } = options;
  const exported = await exportMailRoom(ctx, {
    company,
    write: async (rows: MailRoomRow[]) => {
      if (output !== undefined) {
        await writeWhole(output, Readable.from(mailRoomLines(rows)));
      } else if (!operator.json) {
        await toScreen(Readable.from(mailRoomLines(rows)));
      }
    },
  });
  if (!exported.ok) {
    operator.answer({ company, documents: 0 }, ["Nothing waits to be printed."]);
    return;
  }
  const { rows, exportId } = exported.value;
  const told = { company, exportId, documents: rows.length };
  if (output !== undefined) {
    operator.answer({ ...told, output }, [
      `Wrote ${counted(rows.length, "document")} to ${output}.`,
    ]);
  } else if (operator.json) {
    operator.answer({ ...told, rows }, []);
  }
}
