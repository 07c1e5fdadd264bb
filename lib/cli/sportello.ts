import { Command } from "commander";
import { addApiKeyCommands } from "./commands/api-key";
import { addCompanyCommands } from "./commands/company";
import { addDoctorCommand } from "./commands/doctor";
import { addImportCommands } from "./commands/import";
import { addMailRoomCommands } from "./commands/mail-room";
import { addMandateCommands } from "./commands/mandates";
import { addMigrateCommand } from "./commands/migrate";
import { addRunCommands } from "./commands/run";
import { addStaffCommands } from "./commands/staff";
import { addWebhookCommands } from "./commands/webhook";

const program = new Command("sportello")
  .description(
    "The operator's command line of Sportello. It acts on the database of DATABASE_URL, else on the embedded one under SPORTELLO_DATA.",
  )
  .option("--json", "answer with one line of JSON on standard output")
  .showHelpAfterError("(add --help for what can be said)")
  .configureOutput({
    outputError: (text, write) => {
      write(text);
      // What is typed wrong is refused before any command runs; machines are answered all the same.
      if (process.argv.includes("--json")) {
        const message = text.trim().replace(/^error: /, "");
        process.stdout.write(`${JSON.stringify({ ok: false, message })}\n`);
      }
    },
  })
  .showSuggestionAfterError();

addImportCommands(program);
addRunCommands(program);
addCompanyCommands(program);
addMandateCommands(program);
addMailRoomCommands(program);
addStaffCommands(program);
addApiKeyCommands(program);
addWebhookCommands(program);
addDoctorCommand(program);
addMigrateCommand(program);

await program.parseAsync();
