import { sql } from "drizzle-orm";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { listPhotoKeys, photoStoredAt } from "@/lib/storage/meter-photos";
import { PHOTO_KEPT_DAYS, PHOTO_UNDECIDED_DAYS } from "../rules";
import { removeUnreferencedPhotos } from "./remove-photos";

/** Keys that are looked for at once. */
const CHUNK = 500;
/** A younger photo's transaction may still be under way. */
const UNDER_WAY_MS = 3_600_000;

/**
 * Forgets photos that have had their time, as the README's table of retention says, and removes from the storage
 * what no self-reading has: of accounts that are gone, of submissions that failed. Repeatable.
 * @returns how many files went
 */
export async function forgetPhotos(ctx: Context<SystemActor>): Promise<number> {
  await inTransaction(ctx, async ({ db }) => {
    await db.execute(sql`
      delete from self_reading_photos p using self_readings r
      where r.company_id = p.company_id and r.contract_id = p.contract_id and r.id = p.reading_id
        and (r.decided_at < clock_timestamp() - make_interval(days => ${PHOTO_KEPT_DAYS})
          or p.added_at < clock_timestamp() - make_interval(days => ${PHOTO_UNDECIDED_DAYS}))`);
  });
  let removed = 0;
  let keys: string[] = [];
  for await (const key of listPhotoKeys()) {
    const storedAt = photoStoredAt(key);
    if (storedAt !== null && storedAt < Date.now() - UNDER_WAY_MS) {
      keys.push(key);
    }
    if (keys.length === CHUNK) {
      removed += await removeUnreferencedPhotos(ctx, keys);
      keys = [];
    }
  }
  return removed + (await removeUnreferencedPhotos(ctx, keys));
}
