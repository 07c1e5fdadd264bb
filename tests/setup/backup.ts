import { execFile } from "node:child_process";
import { appendFile, chmod, chown, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import type { Sql } from "postgres";
import postgres from "postgres";
import { readClusterFile } from "@/db/embedded/cluster-file";
import { removeEmbedded, startEmbedded } from "@/db/embedded/launcher";
import { isRoot, NOBODY } from "@/db/embedded/native";
import { start, stop } from "@/db/embedded/server";
import type { DatabaseUrls } from "./urls";

const run = promisify(execFile);

/** A PostgreSQL of a test's own that archives its log, as one of production should. */
export interface ArchivingServer extends DatabaseUrls {
  /** A base backup of the running server, as pg_basebackup takes it. */
  takeBackup(): Promise<void>;
  /** Names this instant in the log, so that a recovery can end there. */
  nameInstant(name: string): Promise<void>;
  /** Loses the server, and brings the backup back with its log up to a named instant. */
  recoverTo(name: string): Promise<void>;
  remove(): Promise<void>;
}

/** Starts it in a folder of its own. */
export async function startArchivingServer(data: string): Promise<ArchivingServer> {
  const { release: _, ...urls } = await startEmbedded(data, { throwAway: true });
  const cluster = await readClusterFile(data);
  if (!cluster) {
    throw new Error("the server to be backed up is not there");
  }
  const beside = `${cluster.folder}-kept`;
  const archive = path.join(beside, "archive");
  const backup = path.join(beside, "backup");
  await mkdir(archive, { recursive: true });
  await ownedByServer(beside, archive);
  const ask = async <T>(work: (sql: Sql) => Promise<T>): Promise<T> => {
    const sql = postgres(urls.superuserUrl, { max: 1, onnotice: () => {} });
    try {
      return await work(sql);
    } finally {
      await sql.end({ timeout: 5 });
    }
  };
  await ask(async (sql) => {
    await sql`alter system set archive_mode = on`;
    await sql.unsafe(`alter system set archive_command = 'cp %p "${archive}/%f"'`);
  });
  await stop(cluster, "fast");
  await start(data, cluster);

  return {
    ...urls,
    async takeBackup() {
      await ask(async (sql) => {
        await sql`select pg_backup_start('rehearsal', fast => true)`;
        await run("cp", ["-a", cluster.folder, backup]);
        const [stopped] = await sql<{ label: string }[]>`
          select labelfile as label from pg_backup_stop(wait_for_archive => true)`;
        await writeFile(path.join(backup, "backup_label"), stopped?.label ?? "");
      });
      // What a running server keeps for itself, and the log, which the archive has.
      await rm(path.join(backup, "postmaster.pid"), { force: true });
      const log = path.join(backup, "pg_wal");
      for (const entry of await readdir(log, { withFileTypes: true })) {
        if (entry.isFile()) {
          await rm(path.join(log, entry.name));
        }
      }
    },
    async nameInstant(name) {
      await ask((sql) => sql`select pg_create_restore_point(${name})`);
    },
    async recoverTo(name) {
      // A fast end archives what the log has: the instant is in it, and all that must not come back.
      await ask((sql) => sql`select pg_switch_wal()`);
      await stop(cluster, "fast");
      await rm(cluster.folder, { recursive: true, force: true });
      await run("cp", ["-a", backup, cluster.folder]);
      await appendFile(
        path.join(cluster.folder, "postgresql.auto.conf"),
        [
          `restore_command = 'cp "${archive}/%f" %p'`,
          `recovery_target_name = '${name}'`,
          "recovery_target_action = 'promote'",
          "",
        ].join("\n"),
      );
      const signal = path.join(cluster.folder, "recovery.signal");
      await writeFile(signal, "");
      await ownedByServer(signal, path.join(cluster.folder, "backup_label"));
      await start(data, cluster);
      await ask(async (sql) => {
        // The recovery's end is told by the database alone.
        for (let over = false; !over; ) {
          const [row] = await sql`select pg_is_in_recovery() as going from pg_sleep(0.1)`;
          over = row?.going === false;
        }
      });
    },
    async remove() {
      await removeEmbedded(data);
      await rm(beside, { recursive: true, force: true });
      await rm(data, { recursive: true, force: true });
    },
  };
}

async function ownedByServer(...files: string[]): Promise<void> {
  for (const file of files) {
    if (isRoot()) {
      await chown(file, NOBODY, NOBODY);
    }
    await chmod(file, 0o700);
  }
}
