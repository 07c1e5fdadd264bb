import path from "node:path";
import { Disk } from "flydrive";
import { FSDriver } from "flydrive/drivers/fs";
import { env } from "@/lib/env";

let disk: Disk | undefined;

function storage(): Disk {
  if (!disk) {
    const location = path.resolve(env().STORAGE_URL.replace(/^file:(\/\/)?/, ""));
    disk = new Disk(new FSDriver({ location, visibility: "private" }));
  }
  return disk;
}

/** Stores a document's bytes under a key such as `1/2026/<id>.pdf`; replaces what stands there. */
export async function putDocument(key: string, content: Uint8Array): Promise<void> {
  await storage().put(key, content);
}

/** The bytes of a stored document. Throws when there is none. */
export async function readDocument(key: string): Promise<Uint8Array> {
  return await storage().getBytes(key);
}

/** The same; null when there is none. */
export async function findDocument(key: string): Promise<Uint8Array | null> {
  return (await storage().exists(key)) ? await readDocument(key) : null;
}

/** Removes documents whose import did not come to its end; missing ones are no error. */
export async function removeDocuments(keys: string[]): Promise<void> {
  await Promise.all(keys.map((key) => storage().delete(key)));
}

/** The keys of what is stored under a prefix such as `deletions`; none where nothing is. */
export async function* listDocuments(prefix: string): AsyncGenerator<string> {
  let paginationToken: string | undefined;
  do {
    const page = await storage()
      .listAll(prefix, { recursive: true, paginationToken })
      .catch((error: unknown) => {
        // A folder comes to be with the first file in it.
        if (isMissing(error)) {
          return { objects: [], paginationToken: undefined };
        }
        throw error;
      });
    for (const { key } of page.objects as Iterable<{ key?: string }>) {
      if (key) {
        yield key;
      }
    }
    paginationToken = page.paginationToken;
  } while (paginationToken);
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error &&
  ((error as NodeJS.ErrnoException).code === "ENOENT" || isMissing(error.cause));
