import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import { and, asc, eq, isNull, lt, or, sql } from "drizzle-orm";
import { dispatchBatches, dispatches } from "@/db/schema";
import { forgetDeletedAddresses } from "@/lib/accounts/commands/forget-addresses";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { billMail } from "@/lib/mail/bill-mail";
import { type MailRequest, mailRequest } from "@/lib/mail/resend";
import { newBillProps } from "../bill-mail-row";
import { type BatchMember, batchMembers } from "../queries";
import { LEASE_SECONDS, QUARANTINE_HOURS } from "../rules";
import { sendableExcept } from "../scope";

/** A batch in this worker's hands, until its lease ends. */
export interface TakenBatch {
  companyId: number;
  id: string;
  fence: number;
  attempts: number;
  /** No earlier request may have been taken: a clear "no" leaves the batch as if never tried. */
  firstAttempt: boolean;
  mails: MailRequest[];
}

type Batch = typeof dispatchBatches.$inferSelect;

/** `batch` to send; `passed` when the one at hand could not be sent (call again); or nothing left. */
export type Taken = { batch: TakenBatch } | "passed" | null;

/**
 * Takes the batch that has waited longest of those nobody holds, by a lease on the database's clock.
 * Before its first attempt the request's bytes are frozen with it; every later one sends just these
 * (R17). A postponed batch waits since the end of its lease: it does not go before the others.
 * @param except companies whose mails are not to be sent for now.
 */
export async function takeBatch(
  ctx: Context<SystemActor>,
  except: Iterable<number> = [],
): Promise<Taken> {
  return await inTransaction(ctx, async (tx) => {
    const [batch] = await tx.db
      .select()
      .from(dispatchBatches)
      .where(
        and(
          sendableExcept(tx.actor, dispatchBatches, except),
          eq(dispatchBatches.state, "frozen"),
          or(
            isNull(dispatchBatches.leaseUntil),
            lt(dispatchBatches.leaseUntil, sql`clock_timestamp()`),
          ),
        ),
      )
      .orderBy(
        asc(sql`coalesce(${dispatchBatches.leaseUntil}, ${dispatchBatches.createdAt})`),
        asc(dispatchBatches.id),
      )
      .limit(1)
      .for("update", { skipLocked: true });
    if (!batch) {
      return null;
    }
    return batch.firstAttemptAt ? await retake(tx, batch) : await takeFirst(tx, batch);
  });
}

async function takeFirst(tx: TxContext<SystemActor>, batch: Batch): Promise<Taken> {
  await tx.db
    .select({ id: dispatches.id })
    .from(dispatches)
    .where(and(eq(dispatches.companyId, batch.companyId), eq(dispatches.batchId, batch.id)))
    .for("update");
  const members = await batchMembers(tx.db, tx.actor, batch);
  if (members.length !== batch.members) {
    await rebuild(tx, batch);
    return "passed";
  }
  const mails = await Promise.all(members.map(requestOf));
  const body = JSON.stringify(mails);
  const taken = await lease(tx, batch, { body: gzipSync(body), bodyDigest: digest(body) });
  return { batch: { ...taken, firstAttempt: true, mails } };
}

async function retake(tx: TxContext<SystemActor>, batch: Batch): Promise<Taken> {
  if (await isTooOld(tx, batch)) {
    await quarantineBatch(tx, batch, "unknown_for_23_hours");
    return "passed";
  }
  const body = batch.body ? gunzipSync(batch.body).toString("utf8") : "";
  if (digest(body) !== batch.bodyDigest) {
    await quarantineBatch(tx, batch, "body_changed");
    return "passed";
  }
  const taken = await lease(tx, batch, {});
  return { batch: { ...taken, firstAttempt: false, mails: JSON.parse(body) as MailRequest[] } };
}

async function lease(
  { db }: TxContext<SystemActor>,
  { companyId, id, fence, attempts, firstAttemptAt }: Batch,
  frozen: { body?: Uint8Array; bodyDigest?: string },
) {
  await db
    .update(dispatchBatches)
    .set({
      ...frozen,
      fence: fence + 1,
      attempts: attempts + 1,
      firstAttemptAt: firstAttemptAt ?? sql`clock_timestamp()`,
      leaseUntil: sql`clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})`,
    })
    .where(and(eq(dispatchBatches.companyId, companyId), eq(dispatchBatches.id, id)));
  return { companyId, id, fence: fence + 1, attempts: attempts + 1 };
}

async function isTooOld({ db }: TxContext<SystemActor>, { companyId, id }: Batch) {
  const [old] = await db
    .select({ id: dispatchBatches.id })
    .from(dispatchBatches)
    .where(
      and(
        eq(dispatchBatches.companyId, companyId),
        eq(dispatchBatches.id, id),
        lt(
          dispatchBatches.firstAttemptAt,
          sql`clock_timestamp() - make_interval(hours => ${QUARANTINE_HOURS})`,
        ),
      ),
    );
  return old !== undefined;
}

/**
 * Sets a batch aside for reconciliation; its dispatches stay as they are, events still reach them.
 * Nothing of it is sent again, so its body goes, and deleted accounts' addresses with it (R7): the
 * provider is asked by the batch's id and its members' ids, which the mails carry as tags.
 */
export async function quarantineBatch(
  tx: TxContext<SystemActor>,
  { companyId, id }: { companyId: number; id: string },
  reason: string,
): Promise<void> {
  await tx.db
    .update(dispatchBatches)
    .set({
      state: "quarantined",
      failure: reason,
      body: null,
      leaseUntil: null,
      finishedAt: sql`clock_timestamp()`,
    })
    .where(and(eq(dispatchBatches.companyId, companyId), eq(dispatchBatches.id, id)));
  await forgetDeletedAddresses(tx, { companyId, id });
  await recordAudit(tx, {
    action: "quarantined_batch",
    subjectKind: "dispatch_batch",
    subjectId: id,
    companyId,
    detail: { reason },
  });
}

/** R7: a member left before the first attempt, so the others go into a batch with another id. */
async function rebuild({ db }: TxContext<SystemActor>, { companyId, id }: Batch) {
  await db
    .update(dispatches)
    .set({ state: "queued", batchId: null, position: null })
    .where(
      and(
        eq(dispatches.companyId, companyId),
        eq(dispatches.batchId, id),
        eq(dispatches.state, "batched"),
      ),
    );
  await db
    .update(dispatchBatches)
    .set({ state: "failed", failure: "rebuilt", finishedAt: sql`clock_timestamp()` })
    .where(and(eq(dispatchBatches.companyId, companyId), eq(dispatchBatches.id, id)));
}

async function requestOf(member: BatchMember): Promise<MailRequest> {
  const { company, document, dispatchId, email } = member;
  return mailRequest({
    sender: { name: company.name, email: company.senderEmail },
    to: email,
    mail: await billMail(newBillProps(member)),
    tags: { dispatch: dispatchId, company: String(company.id), kind: document.kind },
  });
}

const digest = (body: string) => createHash("sha256").update(body).digest("hex");
