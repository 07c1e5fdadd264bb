import { sql } from "drizzle-orm";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { listUploadKeys, UNUSED_UPLOAD_HOURS, uploadOfferedAt } from "@/lib/storage/direct-uploads";
import { removeDocuments } from "@/lib/storage/document-storage";

/** Keys that are looked for at once. */
const CHUNK = 500;

/**
 * Removes from the storage what was sent there and no import, nor a ZIP that waits for one, has. Repeatable.
 * @returns how many files went
 */
export async function forgetDirectUploads(ctx: Context<SystemActor>): Promise<number> {
  const before = Date.now() - UNUSED_UPLOAD_HOURS * 3_600_000;
  let removed = 0;
  let keys: string[] = [];
  for await (const key of listUploadKeys()) {
    const offeredAt = uploadOfferedAt(key);
    if (offeredAt !== null && offeredAt < before) {
      keys.push(key);
    }
    if (keys.length === CHUNK) {
      removed += await removeUnused(ctx, keys);
      keys = [];
    }
  }
  return removed + (await removeUnused(ctx, keys));
}

async function removeUnused({ db }: Context<SystemActor>, keys: string[]): Promise<number> {
  if (keys.length === 0) {
    return 0;
  }
  const unused = await db.execute<{ key: string }>(sql`
    select key from json_array_elements_text(${JSON.stringify(keys)}::json) key
    where not exists (select from imports i where key in (i.storage_key, i.documents_key))
      and not exists (select from api_documents d where d.storage_key = key)`);
  await removeDocuments(unused.map(({ key }) => key));
  return unused.length;
}
