import { and, eq, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { dispatchBatches } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
import { pauseSending } from "@/lib/mail/commands/pause";
import { bytesOfBatch, digestOf, type FrozenMail, keepMails } from "./freeze-mails";
import type { TakenBatch } from "./take-batch";

/** So many refused batches in ten minutes, and none taken: it is not one mail that is wrong. */
const SPLITS_BEFORE_PAUSE = 10;

/**
 * The provider refused a whole batch, clearly and for good: of its halves only one has what it will not
 * take. They go on as two batches with ids of their own, down to the one mail that fails. Where batch
 * after batch is refused the company's mail waits for somebody to look (R17).
 */
export async function splitBatch(
  tx: TxContext<SystemActor>,
  batch: TakenBatch,
  reason: string,
): Promise<void> {
  const { companyId, id, mails } = batch;
  const [old] = await tx.db
    .update(dispatchBatches)
    .set({
      state: "failed",
      failure: `split: ${reason}`,
      leaseUntil: null,
      finishedAt: sql`clock_timestamp()`,
    })
    .where(and(eq(dispatchBatches.companyId, companyId), eq(dispatchBatches.id, id)))
    .returning({ sender: dispatchBatches.sender });
  if (!old) {
    return;
  }
  const middle = Math.ceil(mails.length / 2);
  // The second half first: places in a batch are unique, and its own come from behind.
  for (const half of [mails.slice(middle), mails.slice(0, middle)]) {
    const key = { companyId, id: uuidv7() };
    await moveMails(tx, id, key, half);
    await tx.db.insert(dispatchBatches).values({
      ...key,
      sender: old.sender,
      members: half.length,
      digest: digestOf(bytesOfBatch(key, old.sender, half)),
    });
  }
  await recordAudit(tx, {
    action: "split_batch",
    subjectKind: "dispatch_batch",
    subjectId: id,
    companyId,
    detail: { reason, mails: mails.length },
  });
  if (await refusesAll(tx, companyId)) {
    await pauseSending(tx, { companyId, reason });
  }
}

async function moveMails(
  tx: TxContext<SystemActor>,
  oldId: string,
  key: { companyId: number; id: string },
  mails: FrozenMail[],
) {
  const places = mails.map(({ dispatchId }, position) => ({ id: dispatchId, position }));
  await tx.db.execute(sql`
    with moved as (
      update dispatches d set batch_id = ${key.id}, position = place.position
      from json_to_recordset(${JSON.stringify(places)}::json) as place(id uuid, position int)
      where d.company_id = ${key.companyId} and d.id = place.id and d.batch_id = ${oldId}
      returning d.company_id, d.contract_id, d.document_id
    )
    delete from dispatch_mails m using moved
    where m.company_id = moved.company_id and m.contract_id = moved.contract_id
      and m.document_id = moved.document_id and m.batch_id = ${oldId}`);
  await keepMails(tx, key, mails);
}

async function refusesAll({ db }: TxContext<SystemActor>, companyId: number): Promise<boolean> {
  const [lately] = await db.execute<{ split: number; accepted: number }>(sql`
    select (count(*) filter (where failure like 'split: %'))::int as split,
      (count(*) filter (where state = 'accepted'))::int as accepted
    from dispatch_batches
    where company_id = ${companyId} and id > ${TEN_MINUTES_AGO} and finished_at > clock_timestamp() - interval '10 minutes'`);
  return lately !== undefined && lately.split >= SPLITS_BEFORE_PAUSE && lately.accepted === 0;
}

/** Ids of batches sort by the time they were made. */
const TEN_MINUTES_AGO = sql`uuidv7(interval '-10 minutes')`;
