import { and, eq, sql } from "drizzle-orm";
import { dispatchBatches, dispatches } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { endPause, pauseSending } from "@/lib/mail/commands/pause";
import type { SendOutcome } from "@/lib/mail/outcome";
import { judgeBatch } from "../rules";
import { sendableDispatches } from "../scope";
import { quarantineBatch } from "./quarantine-batch";
import { splitBatch } from "./split-batch";
import type { TakenBatch } from "./take-batch";

/**
 * Writes down what became of an attempt. Whoever lost the lease meanwhile writes nothing: the next
 * one sends the same request under the same key and hears the same answer (R17).
 * @returns whether the lease was still held
 */
export async function settleBatch(
  ctx: Context<SystemActor>,
  batch: TakenBatch,
  outcome: SendOutcome,
): Promise<boolean> {
  return await inTransaction(ctx, async (tx) => {
    const verdict = judgeBatch(outcome, { attempts: batch.attempts, mails: batch.mails.length });
    if (verdict.kind === "accepted") {
      return await accept(tx, batch, verdict);
    }
    const [held] = await tx.db
      .select({ id: dispatchBatches.id })
      .from(dispatchBatches)
      .where(
        and(
          sendableDispatches(tx.actor),
          isBatch(batch),
          eq(dispatchBatches.state, "frozen"),
          eq(dispatchBatches.fence, batch.fence),
        ),
      )
      .for("update");
    if (!held) {
      return false;
    }
    switch (verdict.kind) {
      case "failed":
        await refuse(tx, batch, verdict.reason);
        break;
      case "split":
        await splitBatch(tx, batch, verdict.reason);
        break;
      case "quarantined":
        await quarantineBatch(tx, batch, verdict.reason);
        break;
      case "again":
        await postpone(tx, batch, verdict);
        break;
    }
    return true;
  });
}

/** A batch that was taken and not sent goes back, as if never tried if it never was. */
export async function giveBack(ctx: Context<SystemActor>, batch: TakenBatch): Promise<void> {
  await settleBatch(ctx, batch, { kind: "retry", pauseMs: 0 });
}

const isBatch = ({ companyId, id }: TakenBatch) =>
  and(eq(dispatchBatches.companyId, companyId), eq(dispatchBatches.id, id));

async function accept(
  tx: TxContext<SystemActor>,
  batch: TakenBatch,
  { ids, rejected }: Extract<SendOutcome, { kind: "accepted" }>,
): Promise<boolean> {
  const answers = ids.map((id, position) => ({
    position,
    provider_id: id,
    failure: rejected.get(position) ?? null,
  }));
  // The batch before its members, and these in the order of their ids, as whoever folds events holds them.
  // A webhook may have been faster: only a dispatch that knows nothing yet takes this state.
  const [finished] = await tx.db.execute<{ batches: number }>(sql`
    with finished as (
      update dispatch_batches
      set state = 'accepted', lease_until = null, finished_at = clock_timestamp()
      where company_id = ${batch.companyId} and id = ${batch.id} and state = 'frozen'
        and fence = ${batch.fence} and ${sendableDispatches(tx.actor) ?? sql`true`}
      returning company_id, id
    ), members as materialized (
      select d.company_id, d.contract_id, d.document_id, d.position
      from finished join dispatches d on d.company_id = finished.company_id and d.batch_id = finished.id
      order by d.id for update of d
    ), awaited as (
      update provider_contact set unanswered_since = clock_timestamp()
      where unanswered_since is null and exists (select from finished)
    ), marked as (
      update dispatches d
      set provider_id = answer.provider_id,
        accepted_at = case when answer.provider_id is not null then clock_timestamp() end,
        failure = case when d.state = 'batched' then answer.failure else d.failure end,
        state = case
          when d.state <> 'batched' then d.state
          when answer.provider_id is null then 'failed'
          else 'accepted'
        end
      from members
      join json_to_recordset(${JSON.stringify(answers)}::json)
        as answer(position int, provider_id text, failure text) on answer.position = members.position
      where d.company_id = members.company_id and d.contract_id = members.contract_id
        and d.document_id = members.document_id
    )
    select count(*)::int as batches from finished`);
  if (finished?.batches !== 1) {
    return false;
  }
  if (batch.probe) {
    await endPause(tx, batch.probe);
  }
  await recordAudit(tx, {
    action: "sent_batch",
    subjectKind: "dispatch_batch",
    subjectId: batch.id,
    companyId: batch.companyId,
    detail: { accepted: ids.length - rejected.size, rejected: rejected.size },
  });
  return true;
}

async function refuse(tx: TxContext<SystemActor>, batch: TakenBatch, reason: string) {
  await tx.db
    .update(dispatches)
    .set({ state: "failed", failure: reason })
    .where(
      and(
        eq(dispatches.companyId, batch.companyId),
        eq(dispatches.batchId, batch.id),
        eq(dispatches.state, "batched"),
      ),
    );
  await tx.db
    .update(dispatchBatches)
    .set({
      state: "failed",
      failure: reason,
      leaseUntil: null,
      finishedAt: sql`clock_timestamp()`,
    })
    .where(isBatch(batch));
  await recordAudit(tx, {
    action: "failed_batch",
    subjectKind: "dispatch_batch",
    subjectId: batch.id,
    companyId: batch.companyId,
    detail: { reason },
  });
}

async function postpone(
  tx: TxContext<SystemActor>,
  batch: TakenBatch,
  verdict: Extract<ReturnType<typeof judgeBatch>, { kind: "again" }>,
) {
  const untried = batch.firstAttempt && !verdict.perhapsTaken;
  await tx.db
    .update(dispatchBatches)
    .set({
      leaseUntil: sql`clock_timestamp() + make_interval(secs => ${verdict.afterSeconds})`,
      ...(untried ? { firstAttemptAt: null } : {}),
    })
    .where(isBatch(batch));
  if (verdict.pause) {
    await pauseSending(tx, {
      companyId: verdict.pause.of === "company" ? batch.companyId : null,
      reason: verdict.pause.reason,
    });
  }
}
