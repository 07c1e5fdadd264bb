import { sql } from "drizzle-orm";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { listDocuments, removeDocuments, storedAt } from "@/lib/storage/document-storage";
import { removeLeftFolders } from "@/lib/storage/temporary-folder";

/** A file is stored before its import is kept, so what nobody names yet may be on its way. */
const AGE_MS = 24 * 60 * 60 * 1000;
/** Keys that are looked up at once. */
const CHUNK = 500;

/**
 * Removes what a killed process left of uploads: files under `imports/` that no import and no ZIP with PDFs names, and
 * its temporary folders on this machine; both only when they are older than a day. Repeatable.
 */
export async function forgetOrphans(ctx: Context<SystemActor>): Promise<void> {
  const before = new Date(Date.now() - AGE_MS);
  let keys: string[] = [];
  for await (const key of listDocuments("imports", { unfinished: true })) {
    keys.push(key);
    if (keys.length === CHUNK) {
      await removeOrphans(ctx, keys, before);
      keys = [];
    }
  }
  await removeOrphans(ctx, keys, before);
  await removeLeftFolders(before);
}

async function removeOrphans(
  ctx: Context<SystemActor>,
  keys: string[],
  before: Date,
): Promise<void> {
  const orphans: string[] = [];
  for (const key of await unnamed(ctx, keys)) {
    const at = await storedAt(key);
    if (at && at < before) {
      orphans.push(key);
    }
  }
  // Named meanwhile: an import may have come with a file that was stored long before.
  await removeDocuments(await unnamed(ctx, orphans));
}

/** Keys that nobody names; what an import keeps under its own id goes with its end. */
async function unnamed({ db }: Context, keys: string[]): Promise<string[]> {
  if (keys.length === 0) {
    return [];
  }
  const rows = await db.execute<{ key: string }>(sql`
    select key from json_array_elements_text(${JSON.stringify(keys)}::json) key
    where not exists (select from imports i where i.storage_key = key)
      and not exists (select from imports i where i.documents_key = key)
      and not exists (select from api_documents d where d.storage_key = key)
      and not exists (select from imports i where i.id::text = split_part(key, '/', 2)
        and i.state not in ('done', 'failed', 'cancelled'))`);
  return rows.map(({ key }) => key);
}
