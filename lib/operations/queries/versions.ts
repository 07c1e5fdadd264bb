import journal from "@/db/migrations/meta/_journal.json";
import { version } from "@/package.json";

export interface Versions {
  sportello: string;
  node: string;
  /** How many migrations this version knows, and the last one's name. */
  migrations: number;
  lastMigration: string;
}

/** Which code this process runs; what is applied in the database, `operationsState` tells. */
export const versions = (): Versions => ({
  sportello: version,
  node: process.versions.node,
  migrations: journal.entries.length,
  lastMigration: journal.entries.at(-1)?.tag ?? "",
});
