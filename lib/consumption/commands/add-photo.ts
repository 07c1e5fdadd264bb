import { sql } from "drizzle-orm";
import { holdAccount } from "@/lib/accounts/commands/hold-links";
import { recordAudit } from "@/lib/audit/commands";
import type { CustomerActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { withinLimits } from "@/lib/auth/limits";
import { fail, NotFoundError, ok, type Result } from "@/lib/errors";
import { enqueue } from "@/lib/jobs/queue";
import { log } from "@/lib/log";
import { putDocument } from "@/lib/storage/document-storage";
import { newPhotoKey } from "@/lib/storage/meter-photos";
import { cleanPhoto, type PhotoFault, type PhotoKind } from "../photo/clean-photo";
import { findReadingReceipt } from "../queries/told-readings";
import { visibleSelfReadings } from "../scope";
import { removeUnreferencedPhotos } from "./remove-photos";

export type PhotoRefusal = PhotoFault | "decided" | "too_often";

/**
 * Keeps a photo with a self-reading that waits to be judged, without its metadata; another one takes its place.
 * It is stored first: what is not written down afterwards is removed at once, or within the hour by `forget_expired`.
 * @throws {NotFoundError} where the actor has told no such reading (R28), or their account lives no more
 */
export async function addPhoto(
  ctx: Context<CustomerActor>,
  receiptCode: string,
  file: Buffer,
): Promise<Result<null, PhotoRefusal>> {
  const receipt = await findReadingReceipt(ctx, receiptCode);
  if (!receipt) {
    throw new NotFoundError("self-reading");
  }
  if (receipt.state !== "submitted") {
    return fail("decided");
  }
  if (!(await withinLimits(ctx.db, [["meter_photo", ctx.actor.accountId]]))) {
    return fail("too_often");
  }
  const clean = cleanPhoto(file);
  if (!clean.ok) {
    return clean;
  }
  const { kind, bytes } = clean.value;
  const key = newPhotoKey(receipt.companyId, kind);
  await putDocument(key, bytes);
  let written = false;
  try {
    written = await writeDown(ctx, receiptCode, { key, kind });
  } finally {
    if (!written) {
      await removeUnreferencedPhotos(ctx, [key]).catch((err: unknown) =>
        log.warn({ err }, "a photo without a self-reading is left for forget_expired"),
      );
    }
  }
  return written ? ok(null) : fail("decided");
}

/** @returns false where the reading was decided meanwhile */
async function writeDown(
  ctx: Context<CustomerActor>,
  receiptCode: string,
  { key, kind }: { key: string; kind: PhotoKind },
): Promise<boolean> {
  return await inTransaction(ctx, async (tx) => {
    // A deletion at once waits, and then finds the photo; or has won.
    await holdAccount(tx);
    const [added] = await tx.db.execute<{
      companyId: number;
      contractId: string;
      before: string | null;
    }>(sql`
      insert into self_reading_photos as photo
        (company_id, contract_id, reading_id, account_id, storage_key, kind)
      select company_id, contract_id, id, account_id, ${key}, ${kind}
      from self_readings
      where receipt_code = ${receiptCode} and state = 'submitted' and ${visibleSelfReadings(tx.actor)}
      on conflict (company_id, contract_id, reading_id) do update
        set storage_key = excluded.storage_key, kind = excluded.kind, added_at = clock_timestamp()
      returning photo.company_id as "companyId", photo.contract_id as "contractId",
        old.storage_key as before`);
    if (!added) {
      return false;
    }
    if (added.before !== null) {
      await enqueue(tx, "remove_photos", { keys: [added.before] });
    }
    await recordAudit(tx, {
      action: "added_meter_photo",
      ...{ subjectKind: "contract", subjectId: added.contractId, companyId: added.companyId },
      detail: { receiptCode },
    });
    return true;
  });
}
