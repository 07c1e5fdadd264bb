import { readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";

/** What `postgres.json` under SPORTELLO_DATA remembers; readable by its owner alone. */
export interface ClusterFile {
  port: number;
  folder: string;
  passwords: { postgres: string; owner: string; web: string; worker: string };
}

const fileOf = (data: string) => path.join(data, "postgres.json");

/** The cluster of a data folder; undefined if none was completed there. */
export async function readClusterFile(data: string): Promise<ClusterFile | undefined> {
  const text = await readFile(fileOf(data), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") {
      return undefined;
    }
    // Unreadable is not absent: taking it for absent would make a new database over the old one.
    throw error;
  });
  return text === undefined ? undefined : (JSON.parse(text) as ClusterFile);
}

export async function writeClusterFile(data: string, cluster: ClusterFile): Promise<void> {
  const file = fileOf(data);
  await writeFile(`${file}.new`, JSON.stringify(cluster), { mode: 0o600 });
  await rename(`${file}.new`, file);
}
