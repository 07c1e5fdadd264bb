import { inArray } from "drizzle-orm";
import { selfReadingPhotos } from "@/db/schema";
import type { CustomerActor, SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { removeDocuments } from "@/lib/storage/document-storage";
import { photoStoredAt } from "@/lib/storage/meter-photos";

/**
 * Removes photos from the storage that no self-reading has (any more). Repeatable; keys of anything else are left
 * alone.
 * @returns how many went
 */
export async function removeUnreferencedPhotos(
  ctx: Context<CustomerActor | SystemActor>,
  keys: string[],
): Promise<number> {
  const photos = keys.filter((key) => photoStoredAt(key) !== null);
  if (photos.length === 0) {
    return 0;
  }
  // Whose they are is of no matter here: nobody's own photo is removed, whoever asks.
  const kept = await inTransaction(
    ctx,
    async ({ db }) =>
      await db
        .select({ key: selfReadingPhotos.storageKey })
        .from(selfReadingPhotos)
        .where(inArray(selfReadingPhotos.storageKey, photos)),
  );
  const held = new Set(kept.map(({ key }) => key));
  const left = photos.filter((key) => !held.has(key));
  await removeDocuments(left);
  return left.length;
}
