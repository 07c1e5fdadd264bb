import { and, asc, eq, isNull, lt, or, sql } from "drizzle-orm";
import { dispatchBatches } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { takePlace } from "@/lib/mail/commands/pace";
import { maySend, type Probe } from "@/lib/mail/commands/pause";
import { senderOf } from "@/lib/mail/resend";
import type { AtPoint } from "@/lib/mail/sender-points";
import { LEASE_SECONDS, QUARANTINE_HOURS } from "../rules";
import { sendableDispatches } from "../scope";
import { adoptSentMails } from "./adopt-sent-mails";
import { claimBatch } from "./claim-batch";
import { bytesOfBatch, digestOf, type FrozenMail, keepMails, mailsOf } from "./freeze-mails";
import { frozenMails } from "./frozen-mails";
import { quarantineBatch } from "./quarantine-batch";
import { rebuildBatch } from "./rebuild-batch";

/** A batch in this worker's hands, until its lease ends. */
export interface TakenBatch {
  companyId: number;
  id: string;
  fence: number;
  attempts: number;
  /** No earlier request may have been taken: a clear "no" leaves the batch as if never tried. */
  firstAttempt: boolean;
  /** How long to wait before the provider is asked, in milliseconds. */
  waitMs: number;
  mails: FrozenMail[];
  bytes: Buffer;
  /** The pause that this attempt may end. */
  probe: Probe | null;
}

type Batch = typeof dispatchBatches.$inferSelect;

/** `batch` to send; `passed` when the one at hand could not be sent (call again); or nothing left. */
export type Taken = { batch: TakenBatch } | "passed" | null;

export interface TakeOptions {
  probe?: Probe | null;
  /** How long the lease is from the moment the provider may be asked. */
  leaseSeconds?: number;
  /** False: only new ones; those that wait for another attempt were looked for a moment ago. */
  again?: boolean;
  at?: AtPoint;
}

/**
 * Takes a batch by a lease on the database's clock: the one that has waited longest of those that nobody
 * holds, or else a new one of queued dispatches, whose members, order and bytes are frozen before its
 * first attempt; every later attempt sends just these (R17).
 */
export async function takeBatch(
  ctx: Context<SystemActor>,
  { probe = null, leaseSeconds = LEASE_SECONDS, again = true, at = () => {} }: TakeOptions = {},
): Promise<Taken> {
  return await inTransaction(ctx, async (tx) => {
    const due = again ? await dueBatch(tx, probe) : null;
    if (due) {
      return await retake(tx, due, { probe, leaseSeconds });
    }
    return await freeze(tx, { probe, leaseSeconds, at });
  });
}

/** A postponed batch waits since the end of its lease: it does not go before the others. */
async function dueBatch({ db, actor }: TxContext<SystemActor>, probe: Probe | null) {
  const { companyId, id, createdAt, leaseUntil, state } = dispatchBatches;
  const [batch] = await db
    .select()
    .from(dispatchBatches)
    .where(
      and(
        sendableDispatches(actor),
        eq(state, "frozen"),
        or(isNull(leaseUntil), lt(leaseUntil, sql`clock_timestamp()`)),
        maySend(sql`${companyId}`, probe),
      ),
    )
    .orderBy(asc(sql`coalesce(${leaseUntil}, ${createdAt})`), asc(id))
    .limit(1)
    .for("update", { skipLocked: true });
  return batch ?? null;
}

type FreezeOptions = Required<Omit<TakeOptions, "again">>;

async function freeze(
  tx: TxContext<SystemActor>,
  { probe, leaseSeconds, at }: FreezeOptions,
): Promise<Taken> {
  await at("before claim");
  const claim = await claimBatch(tx, probe);
  if (!claim) {
    return null;
  }
  if (claim === "papered") {
    return "passed";
  }
  await at("after claim");
  const key = { companyId: claim.company.id, id: claim.batchId };
  const sender = senderOf(claim.company);
  const mails = await mailsOf(claim.members);
  if (claim.restored && (await adoptSentMails(tx, key, { sender, mails }))) {
    return "passed";
  }
  const bytes = bytesOfBatch(key, sender, mails);
  await at("before freeze");
  await keepMails(tx, key, mails);
  const waitMs = await takePlace(tx);
  await tx.db.insert(dispatchBatches).values({
    ...key,
    sender,
    members: mails.length,
    digest: digestOf(bytes),
    fence: 1,
    attempts: 1,
    firstAttemptAt: sql`clock_timestamp()`,
    leaseUntil: leaseOf(waitMs, leaseSeconds),
  });
  await at("after freeze");
  const taken = { ...key, fence: 1, attempts: 1, firstAttempt: true };
  return { batch: { ...taken, waitMs, mails, bytes, probe } };
}

async function retake(
  tx: TxContext<SystemActor>,
  batch: Batch,
  { probe, leaseSeconds }: Pick<FreezeOptions, "probe" | "leaseSeconds">,
): Promise<Taken> {
  if (batch.firstAttemptAt && (await isTooOld(tx, batch))) {
    await quarantineBatch(tx, batch, "unknown_for_23_hours");
    return "passed";
  }
  const mails = await frozenMails(tx, batch);
  if (!batch.firstAttemptAt && mails.some(({ left }) => left)) {
    await rebuildBatch(tx, batch);
    return "passed";
  }
  const bytes = bytesOfBatch(batch, batch.sender, mails);
  if (mails.length !== batch.members || digestOf(bytes) !== batch.digest) {
    if (batch.firstAttemptAt) {
      await quarantineBatch(tx, batch, "body_changed");
    } else {
      await rebuildBatch(tx, batch);
    }
    return "passed";
  }
  const waitMs = await takePlace(tx);
  const { companyId, id } = batch;
  const fence = batch.fence + 1;
  const attempts = batch.attempts + 1;
  await tx.db
    .update(dispatchBatches)
    .set({
      ...{ fence, attempts },
      firstAttemptAt: sql`coalesce(${dispatchBatches.firstAttemptAt}, clock_timestamp())`,
      leaseUntil: leaseOf(waitMs, leaseSeconds),
    })
    .where(and(eq(dispatchBatches.companyId, companyId), eq(dispatchBatches.id, id)));
  const taken = { companyId, id, fence, attempts, firstAttempt: batch.firstAttemptAt === null };
  return { batch: { ...taken, waitMs, mails, bytes, probe } };
}

const leaseOf = (waitMs: number, leaseSeconds: number) =>
  sql`clock_timestamp() + make_interval(secs => ${leaseSeconds + waitMs / 1000})`;

async function isTooOld({ db }: TxContext<SystemActor>, { companyId, id }: Batch) {
  const tooOld = lt(
    dispatchBatches.firstAttemptAt,
    sql`clock_timestamp() - make_interval(hours => ${QUARANTINE_HOURS})`,
  );
  return (
    (await db.$count(
      dispatchBatches,
      and(eq(dispatchBatches.companyId, companyId), eq(dispatchBatches.id, id), tooOld),
    )) > 0
  );
}
