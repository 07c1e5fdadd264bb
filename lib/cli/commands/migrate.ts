import type { Command } from "commander";
import { migrate } from "@/db/migrate";
import { EnvError } from "@/lib/env";
import { failureSentence } from "../failure";
import { localEnvironment } from "../local-environment";

/** Adds `migrate`: the one command that acts as the database's owner. */
export function addMigrateCommand(program: Command): void {
  program
    .command("migrate")
    .description("bring the database to this version's schema, as its owner (DATABASE_OWNER_URL)")
    .action(async () => {
      try {
        await migrateConfigured();
        process.stdout.write("The database is of this version.\n");
      } catch (error) {
        process.stderr.write(`${failureSentence(error, "DATABASE_OWNER_URL")}\n`);
        process.exitCode = 1;
      }
    });
}

/** The embedded database is migrated whenever it is started. */
async function migrateConfigured(): Promise<void> {
  const local = await localEnvironment();
  await local.release();
  if (local.embedded) {
    return;
  }
  const ownerUrl = process.env.DATABASE_OWNER_URL;
  if (!ownerUrl) {
    throw new EnvError("DATABASE_OWNER_URL is not set; only the owner can migrate the database.");
  }
  await migrate(ownerUrl);
}
