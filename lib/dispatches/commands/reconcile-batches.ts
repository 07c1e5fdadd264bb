import { sql } from "drizzle-orm";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { env } from "@/lib/env";
import { wakeSenders } from "@/lib/jobs/queue";
import { askPatiently, walkSentMails } from "@/lib/mail/commands/walk-sent-mails";
import { findSentMail } from "@/lib/mail/sent-mails";

/** A mail may bear a time a little before the attempt that we noted. */
const SLACK_MS = 10 * 60_000;

export interface ReconciledBatches {
  batches: number;
  /** Mails that the provider had taken, and those that it never saw and that go out again. */
  taken: number;
  requeued: number;
}

interface Member extends Record<string, unknown> {
  companyId: number;
  batchId: string;
  id: string;
  email: string;
  firstAttemptMs: number;
}

/**
 * What became of batches that were set aside (R17), by the provider's own list of the time of their
 * attempts: a mail that carries its batch's id was taken; one that is not on the list never was, and is
 * queued again, for a new batch. Where the list could not be read to its end, or the provider may have forgotten
 * what it took as long ago, nothing is concluded from what is not there.
 * @param only of one company, or with bills of one run
 * @throws {ProviderSilentError}
 */
export async function reconcileBatches(
  ctx: Context<SystemActor>,
  only: { companyId?: number; runId?: string } = {},
  stop?: AbortSignal,
): Promise<ReconciledBatches> {
  const members = await membersSetAside(ctx, only);
  if (members.length === 0) {
    return { batches: 0, taken: 0, requeued: 0 };
  }
  const { found, wholeFrom } = await walkList(ctx, members, stop);
  const ids = [...new Set(members.map(({ batchId }) => batchId))];
  const result = { batches: ids.length, taken: 0, requeued: 0 };
  for (const id of ids) {
    const of = members.filter(({ batchId }) => batchId === id);
    const complete = sinceOf(of) >= wholeFrom;
    const { taken, requeued } = await conclude(ctx, id, { members: of, found, complete });
    result.taken += taken;
    result.requeued += requeued;
  }
  return result;
}

async function membersSetAside(
  ctx: Context<SystemActor>,
  { companyId, runId }: { companyId?: number; runId?: string },
): Promise<Member[]> {
  // Of older ones the list tells less each hour, and a long one must not be read each hour: staff decide.
  const days = env().RESEND_LIST_DAYS + 1;
  return await inTransaction(ctx, async ({ db }) => {
    const rows = await db.execute<Member>(sql`
      select d.company_id as "companyId", d.batch_id as "batchId", d.id, m.email,
        (extract(epoch from coalesce(b.first_attempt_at, b.created_at)) * 1000)::float8
          as "firstAttemptMs"
      from dispatch_batches b
      join dispatches d on d.company_id = b.company_id and d.batch_id = b.id and d.state = 'batched'
      join dispatch_mails m on m.company_id = d.company_id and m.contract_id = d.contract_id
        and m.document_id = d.document_id and m.batch_id = d.batch_id
      where b.state = 'quarantined' and b.finished_at < clock_timestamp() - interval '10 minutes'
        and coalesce(b.first_attempt_at, b.created_at) > clock_timestamp() - make_interval(days => ${days})
        and ${companyId === undefined ? sql`true` : sql`b.company_id = ${companyId}`}
        and ${runId === undefined ? sql`true` : sql`d.run_id = ${runId}`}
      order by d.batch_id, d.position`);
    return [...rows];
  });
}

/** From when on a mail of these may be on the list, in milliseconds. */
const sinceOf = (members: Member[]) =>
  members.reduce((first, { firstAttemptMs }) => Math.min(first, firstAttemptMs), Infinity) -
  SLACK_MS;

/** The provider's ids of the members' mails, by dispatch, and from when on its list is whole. */
async function walkList(
  ctx: Context<SystemActor>,
  members: Member[],
  stop?: AbortSignal,
): Promise<{ found: Map<string, string>; wholeFrom: number }> {
  const wanted = new Set(members.map(({ email }) => email));
  const batchOf = new Map(members.map(({ id, batchId }) => [id, batchId]));
  const found = new Map<string, string>();
  const wholeFrom = await walkSentMails(ctx, {
    since: sinceOf(members),
    stop,
    async each(mails) {
      const likely = mails.filter(({ to }) => to.some((address) => wanted.has(address)));
      for (const { id } of likely) {
        const mail = await askPatiently(ctx, () => findSentMail(id), stop);
        const { dispatch, batch } = mail?.tags ?? {};
        if (dispatch && batch && batchOf.get(dispatch) === batch) {
          found.set(dispatch, id);
        }
      }
    },
  });
  return { found, wholeFrom };
}

async function conclude(
  ctx: Context<SystemActor>,
  batchId: string,
  {
    members,
    found,
    complete,
  }: { members: Member[]; found: Map<string, string>; complete: boolean },
): Promise<{ taken: number; requeued: number }> {
  const companyId = members[0]?.companyId ?? 0;
  const taken = members.flatMap(({ id }) => {
    const providerId = found.get(id);
    return providerId ? [{ id, provider_id: providerId }] : [];
  });
  const never = complete ? members.filter(({ id }) => !found.has(id)) : [];
  return await inTransaction(ctx, async (tx) => {
    await tx.db.execute(sql`
      update dispatches d
      set state = 'accepted', provider_id = t.provider_id, accepted_at = clock_timestamp()
      from json_to_recordset(${JSON.stringify(taken)}::json) as t(id uuid, provider_id text)
      where d.company_id = ${companyId} and d.id = t.id and d.batch_id = ${batchId}
        and d.state = 'batched'`);
    await tx.db.execute(sql`
      with freed as (
        update dispatches d set state = 'queued', batch_id = null, position = null
        from json_to_recordset(${JSON.stringify(never.map(({ id }) => ({ id })))}::json) as n(id uuid)
        where d.company_id = ${companyId} and d.id = n.id and d.batch_id = ${batchId}
          and d.state = 'batched'
        returning d.company_id, d.contract_id, d.document_id
      ), told as (
        insert into dispatch_events (company_id, contract_id, document_id, type, occurred_at)
        select company_id, contract_id, document_id, 'never_taken', clock_timestamp() from freed
      )
      delete from dispatch_mails m using freed
      where m.company_id = freed.company_id and m.contract_id = freed.contract_id
        and m.document_id = freed.document_id and m.batch_id = ${batchId}`);
    await recordAudit(tx, {
      action: "reconciled_batch",
      subjectKind: "dispatch_batch",
      subjectId: batchId,
      companyId,
      detail: { taken: taken.length, requeued: never.length, complete },
    });
    await wakeSenders(tx);
    return { taken: taken.length, requeued: never.length };
  });
}
