import { statfs } from "node:fs/promises";
import { env } from "@/lib/env";
import { type AuditAnchor, readAuditAnchor } from "@/lib/storage/audit-anchor";
import { parseStorageUrl } from "@/lib/storage/storage-url";

/** A storage that says nothing for so long does not answer. */
const PATIENCE_MS = 3_000;

export interface StorageState {
  kind: "folder" | "bucket";
  /** It gave what was asked, or said that there is none. */
  answers: boolean;
  /** Of a folder's disk; null of a bucket, or before the first file. */
  freeBytes: number | null;
  /** The audit log's anchor, which stands there; null without one. */
  anchor: AuditAnchor | null;
}

/** Whether the storage of documents answers and has room; reads, and writes nothing. */
export async function storageState(): Promise<StorageState> {
  const place = parseStorageUrl(env().STORAGE_URL);
  const late = new Promise<"late">((resolve) => {
    setTimeout(resolve, PATIENCE_MS, "late").unref();
  });
  const anchor = await Promise.race([readAuditAnchor().catch(() => "late" as const), late]);
  return {
    kind: place.kind,
    answers: anchor !== "late",
    freeBytes: place.kind === "folder" ? await freeBytes(place.folder) : null,
    anchor: anchor === "late" ? null : anchor,
  };
}

/** What is free on a folder's disk; null where there is no such folder yet. */
export async function freeBytes(folder: string): Promise<number | null> {
  const disk = await statfs(folder).catch(() => null);
  return disk && disk.bavail * disk.bsize;
}
