import { and, eq, type SQL, sql } from "drizzle-orm";
import { dispatchBatches, dispatches } from "@/db/schema";
import { forgetDeletedAddresses } from "@/lib/accounts/commands/forget-addresses";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import type { SendOutcome } from "@/lib/mail/outcome";
import { judgeBatch } from "../rules";
import { sendableDispatches } from "../scope";
import { quarantineBatch, type TakenBatch } from "./take-batch";

/**
 * Writes down what became of an attempt. Whoever lost the lease meanwhile writes nothing: the next
 * one sends the same request under the same key and hears the same answer (R17).
 */
export async function settleBatch(
  ctx: Context<SystemActor>,
  batch: TakenBatch,
  outcome: SendOutcome,
): Promise<void> {
  await inTransaction(ctx, async (tx) => {
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
      return;
    }
    const verdict = judgeBatch(outcome, batch.attempts);
    switch (verdict.kind) {
      case "accepted":
        return await accept(tx, batch, outcome);
      case "failed":
        return await refuse(tx, batch, verdict.reason);
      case "quarantined":
        return await quarantineBatch(tx, batch, verdict.reason);
      case "again":
        return await postpone(
          tx,
          batch,
          verdict.afterSeconds,
          batch.firstAttempt && !verdict.attemptCounts,
        );
    }
  });
}

const isBatch = ({ companyId, id }: TakenBatch) =>
  and(eq(dispatchBatches.companyId, companyId), eq(dispatchBatches.id, id));

async function accept(tx: TxContext<SystemActor>, batch: TakenBatch, outcome: SendOutcome) {
  if (outcome.kind !== "accepted") {
    return;
  }
  const { ids, rejected } = outcome;
  const answers = ids.map((id, position) => ({
    position,
    provider_id: id,
    failure: rejected.get(position) ?? null,
  }));
  // A webhook may have been faster: only a dispatch that knows nothing yet takes this state.
  await tx.db.execute(sql`
    update dispatches d
    set provider_id = answer.provider_id,
      accepted_at = case when answer.provider_id is not null then clock_timestamp() end,
      failure = case when d.state = 'batched' then answer.failure else d.failure end,
      state = case
        when d.state <> 'batched' then d.state
        when answer.provider_id is null then 'failed'
        else 'accepted'
      end
    from json_to_recordset(${JSON.stringify(answers)}::json)
      as answer(position int, provider_id text, failure text)
    where d.company_id = ${batch.companyId} and d.batch_id = ${batch.id}
      and d.position = answer.position`);
  await finish(tx, batch, { state: "accepted" });
  await recordAudit(tx, {
    action: "sent_batch",
    subjectKind: "dispatch_batch",
    subjectId: batch.id,
    companyId: batch.companyId,
    detail: { accepted: ids.length - rejected.size, rejected: rejected.size },
  });
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
  await finish(tx, batch, { state: "failed", failure: reason });
  await recordAudit(tx, {
    action: "failed_batch",
    subjectKind: "dispatch_batch",
    subjectId: batch.id,
    companyId: batch.companyId,
    detail: { reason },
  });
}

async function finish(
  tx: TxContext<SystemActor>,
  batch: TakenBatch,
  set: { state: "accepted" | "failed"; failure?: string },
) {
  // The body told who gets what: it has served its purpose.
  await tx.db
    .update(dispatchBatches)
    .set({ ...set, body: null, leaseUntil: null, finishedAt: sql`clock_timestamp()` })
    .where(isBatch(batch));
  await forgetDeletedAddresses(tx, batch);
}

async function postpone(
  { db }: TxContext<SystemActor>,
  batch: TakenBatch,
  afterSeconds: number,
  untouched: boolean,
) {
  const leaseUntil: SQL = sql`clock_timestamp() + make_interval(secs => ${afterSeconds})`;
  await db
    .update(dispatchBatches)
    .set(
      untouched
        ? { leaseUntil, firstAttemptAt: null, body: null, bodyDigest: null }
        : { leaseUntil },
    )
    .where(isBatch(batch));
}
