import { Command } from "commander";

/** What stands first on the line, and what knows it: nobody waits for the loading of the others. */
const COMMANDS: Record<string, () => Promise<(program: Command) => void>> = {
  import: async () => (await import("./commands/import")).addImportCommands,
  run: async () => (await import("./commands/run")).addRunCommands,
  company: async () => (await import("./commands/company")).addCompanyCommands,
  mandates: async () => (await import("./commands/mandates")).addMandateCommands,
  "self-readings": async () => (await import("./commands/self-readings")).addSelfReadingCommands,
  "mail-room": async () => (await import("./commands/mail-room")).addMailRoomCommands,
  staff: async () => (await import("./commands/staff")).addStaffCommands,
  "api-key": async () => (await import("./commands/api-key")).addApiKeyCommands,
  webhook: async () => (await import("./commands/webhook")).addWebhookCommands,
  init: async () => (await import("./commands/init")).addInitCommand,
  doctor: async () => (await import("./commands/doctor")).addDoctorCommand,
  restore: async () => (await import("./commands/restore")).addRestoreCommands,
  migrate: async () => (await import("./commands/migrate")).addMigrateCommand,
};

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

const first = process.argv.slice(2).find((word) => !word.startsWith("-")) ?? "";
const meant = Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
for (const load of meant ? [meant] : Object.values(COMMANDS)) {
  (await load())(program);
}
await program.parseAsync();
