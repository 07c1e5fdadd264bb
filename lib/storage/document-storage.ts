import { createReadStream } from "node:fs";
import path from "node:path";
import type { Readable } from "node:stream";
import { Disk } from "flydrive";
import { env } from "@/lib/env";
import { bucketError, openBucket } from "./bucket-driver";
import { FolderDriver, isFinished } from "./folder-driver";
import { MissingDocumentError } from "./storage-error";
import { parseStorageUrl, type StoragePlace } from "./storage-url";

/** Documents that are removed at once. */
const AT_ONCE = 16;

interface Storage {
  disk: Disk;
  place: StoragePlace;
  /** What every key begins with there. */
  prefix: string;
}

let opened: Promise<Storage> | undefined;

function storage(): Promise<Storage> {
  opened ??= openStorage(parseStorageUrl(env().STORAGE_URL));
  return opened;
}

async function openStorage(place: StoragePlace): Promise<Storage> {
  if (place.kind === "bucket") {
    return { disk: new Disk(await openBucket(place)), place, prefix: place.prefix };
  }
  return { disk: new Disk(new FolderDriver(path.resolve(place.folder))), place, prefix: "" };
}

/** Does something with one key; failures are told alike for a folder and a bucket. */
async function at<T>(key: string, work: (disk: Disk, key: string) => Promise<T>): Promise<T> {
  const { disk, place, prefix } = await storage();
  try {
    return await work(disk, `${prefix}${key}`);
  } catch (error) {
    if (isMissing(error)) {
      throw new MissingDocumentError(key);
    }
    throw place.kind === "bucket" ? bucketError(error, place, key) : error;
  }
}

/**
 * Stores a document's bytes under a key such as `1/2026/<id>.pdf`; replaces what stands there, at once: nobody reads a
 * part of it.
 * @throws {StorageError} if a bucket does not take it, after three attempts
 */
export async function putDocument(key: string, content: Uint8Array): Promise<void> {
  await at(key, (disk, full) => disk.put(full, content));
}

/** The bytes of a stored document. @throws {MissingDocumentError} when there is none */
export async function readDocument(key: string): Promise<Uint8Array> {
  return await at(key, (disk, full) => disk.getBytes(full));
}

/** The same; null when there is none. */
export async function findDocument(key: string): Promise<Uint8Array | null> {
  try {
    return await readDocument(key);
  } catch (error) {
    if (error instanceof MissingDocumentError) {
      return null;
    }
    throw error;
  }
}

/** A stored document's bytes as they come, for what is too large to be held. */
export async function streamDocument(key: string): Promise<Readable> {
  return await at(key, (disk, full) => disk.getStream(full));
}

/** Bytes of a stored document. @throws {MissingDocumentError} when there is none */
export async function sizeOfDocument(key: string): Promise<number> {
  return (await at(key, (disk, full) => disk.getMetaData(full))).contentLength;
}

/** Stores a file of this machine without holding it. */
export async function putDocumentFile(key: string, file: string): Promise<void> {
  await at(key, (disk, full) => disk.putStream(full, createReadStream(file)));
}

/** Removes documents whose import did not come to its end; missing ones are no error. */
export async function removeDocuments(keys: string[]): Promise<void> {
  const left = keys.values();
  const lanes = Array.from({ length: AT_ONCE }, async () => {
    for (const key of left) {
      await at(key, (disk, full) => disk.delete(full));
    }
  });
  const failed = (await Promise.allSettled(lanes)).find((lane) => lane.status === "rejected");
  if (failed) {
    throw failed.reason;
  }
}

/** When a document was stored; null when there is none. */
export async function storedAt(key: string): Promise<Date | null> {
  try {
    return (await at(key, (disk, full) => disk.getMetaData(full))).lastModified;
  } catch (error) {
    if (error instanceof MissingDocumentError) {
      return null;
    }
    throw error;
  }
}

/**
 * The keys of what is stored under a prefix such as `deletions`, in no order; none where nothing is. `unfinished`:
 * files too that were being written when their process was killed.
 */
export async function* listDocuments(
  prefix: string,
  { unfinished = false } = {},
): AsyncGenerator<string> {
  const { prefix: before } = await storage();
  let paginationToken: string | undefined;
  do {
    const page = await at(prefix, (disk, full) =>
      disk.listAll(full, { recursive: true, paginationToken }),
    ).catch((error: unknown) => {
      // A folder comes to be with the first file in it.
      if (error instanceof MissingDocumentError) {
        return { objects: [], paginationToken: undefined };
      }
      throw error;
    });
    for (const { key } of page.objects as Iterable<{ key?: string }>) {
      // A bucket has no folders: it also gives what only begins alike.
      if (key?.startsWith(`${before}${prefix}/`) && (unfinished || isFinished(key))) {
        yield key.slice(before.length);
      }
    }
    paginationToken = page.paginationToken;
  } while (paginationToken);
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error &&
  ((error as NodeJS.ErrnoException).code === "ENOENT" || isMissing(error.cause));
