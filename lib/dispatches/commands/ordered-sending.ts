import { sql } from "drizzle-orm";
import type { SystemActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
import { wakeSenders } from "@/lib/jobs/queue";
import { type DispatchState, isFallback } from "../rules";
import { type DispatchKey, leaveBatch } from "./leave-batch";
import { turnToPaper } from "./suspend-address";

interface HeldDispatch extends DispatchKey, Record<string, unknown> {
  id: string;
  state: DispatchState;
  failure: string | null;
  batchId: string | null;
  /** Its batch ended and the provider refused it: nothing of it was ever sent. */
  neverTaken: boolean;
  /** Its batch was tried, and nobody knows yet what came of that (R17). */
  unknown: boolean;
  withdrawn: boolean;
  printed: boolean;
  /** Its run has been closed, with what it came to (R20). */
  closed: boolean;
  acceptedMs: number | null;
  /** The contract is still its holder's (R5). */
  sameHolder: boolean;
}

/**
 * A dispatch, held after the account of its contract, its document and its batch, in the order in which a
 * deletion (R7), a withdrawal (R21) and the sender hold them: each waits for this, or is seen here.
 */
export async function holdDispatch(
  { db }: TxContext<SystemActor>,
  { companyId, contractId, documentId }: DispatchKey,
): Promise<HeldDispatch | null> {
  await db.execute(sql`
    select from accounts a where a.id in (
      select l.account_id from contract_links l where l.company_id = ${companyId}
        and l.contract_id = ${contractId} and l.ended_at is null)
    order by a.id for key share`);
  await db.execute(sql`
    select from documents where company_id = ${companyId} and contract_id = ${contractId}
      and id = ${documentId} for share`);
  // The mail room's export of the company waits, or has said what it prints.
  await db.execute(sql`
    select pg_advisory_xact_lock(hashtextextended('mail room ' || co.slug, 0))
    from companies co where co.id = ${companyId}`);
  await db.execute(sql`
    select from dispatch_batches b
    where b.company_id = ${companyId} and b.id = (
      select d.batch_id from dispatches d where d.company_id = ${companyId}
        and d.contract_id = ${contractId} and d.document_id = ${documentId})
    for update`);
  const [held] = await db.execute<HeldDispatch>(sql`
    select d.company_id as "companyId", d.contract_id as "contractId", d.document_id as "documentId",
      d.id, d.state, d.failure, d.batch_id as "batchId",
      d.state = 'failed' and d.accepted_at is null and not exists (
        select from dispatch_events e where e.company_id = d.company_id
          and e.contract_id = d.contract_id and e.document_id = d.document_id
          and e.batch_id = d.batch_id and e.provider_event_id is not null) as "neverTaken",
      exists (select from dispatch_batches b where b.company_id = d.company_id and b.id = d.batch_id
        and b.state in ('frozen', 'quarantined') and b.first_attempt_at is not null) as unknown,
      doc.withdrawn_at is not null as withdrawn,
      exists (select from mail_room_items i where i.company_id = d.company_id
        and i.contract_id = d.contract_id and i.document_id = d.document_id) as printed,
      c.holder_id = doc.holder_id as "sameHolder",
      exists (select from invoicing_runs r where r.company_id = d.company_id and r.id = d.run_id
        and r.state = 'closed') as closed,
      (extract(epoch from d.accepted_at) * 1000)::float8 as "acceptedMs"
    from dispatches d
    join documents doc on doc.company_id = d.company_id and doc.contract_id = d.contract_id
      and doc.id = d.document_id
    join contracts c on c.company_id = d.company_id and c.id = d.contract_id
    where d.company_id = ${companyId} and d.contract_id = ${contractId}
      and d.document_id = ${documentId}
    for update of d`);
  return held ?? null;
}

/**
 * Sends a bill that could not be delivered once more, on a member of staff's order (R17), to where the one
 * rule of R10 leads now: a repaired address, or another one. What was sent before stays in the archive, what
 * never was does not.
 * @returns `done`, or why not
 */
export async function resendBill(
  tx: TxContext<SystemActor>,
  dispatch: HeldDispatch,
): Promise<string> {
  const { companyId, contractId, documentId } = dispatch;
  const hindrance = resendHindrance(dispatch);
  if (hindrance) {
    return hindrance;
  }
  if (!dispatch.sameHolder) {
    return "holder_changed";
  }
  const [now] = await tx.db.execute<{ mode: string; reason: string; email: string | null }>(sql`
    select mode, reason, email
    from delivery_modes(${companyId}::smallint, array[${contractId}]::uuid[], clock_timestamp())`);
  if (now?.mode !== "electronic" || !now.email) {
    return now?.reason === "chosen" ? "chosen_paper" : (now?.reason ?? "no_choice");
  }
  if (dispatch.neverTaken && dispatch.batchId) {
    await tx.db.execute(sql`
      delete from dispatch_mails where company_id = ${companyId} and contract_id = ${contractId}
        and document_id = ${documentId} and batch_id = ${dispatch.batchId}`);
  }
  await tx.db.execute(sql`
    with queued as (
      update dispatches set channel = 'email', state = 'queued', email = ${now.email}, failure = null,
        batch_id = null, position = null, provider_id = null, accepted_at = null
      where company_id = ${companyId} and contract_id = ${contractId} and document_id = ${documentId}
    )
    insert into dispatch_events (company_id, contract_id, document_id, type, occurred_at, detail)
    values (${companyId}, ${contractId}, ${documentId}, 'staff_resent', clock_timestamp(),
      ${JSON.stringify(dispatch.acceptedMs === null ? {} : { acceptedAt: new Date(dispatch.acceptedMs).toISOString() })}::jsonb)`);
  await wakeSenders(tx);
  return "done";
}

function resendHindrance(dispatch: HeldDispatch): string | null {
  const { state, failure, withdrawn, printed, closed, unknown } = dispatch;
  if (withdrawn || state === "withdrawn") {
    return "withdrawn";
  }
  if (printed) {
    return "printed";
  }
  if (closed) {
    return "run_closed";
  }
  if (unknown) {
    return "outcome_unknown";
  }
  switch (state) {
    case "queued":
    case "batched":
    case "accepted":
    case "delayed":
      return "on_its_way";
    case "delivered":
      return "already_delivered";
    case "paper":
      return isFallback(failure) ? null : "never_electronic";
    case "failed":
    case "bounced":
    case "complained":
    case "suppressed":
      return null;
  }
}

/**
 * Lets a bill go on paper on a member of staff's order; it keeps its discount (R13). A mail that was tried may
 * yet arrive.
 * @returns `done`, or why not
 */
export async function orderedToPaper(
  tx: TxContext<SystemActor>,
  dispatch: HeldDispatch,
): Promise<string> {
  if (dispatch.withdrawn || dispatch.state === "withdrawn") {
    return "withdrawn";
  }
  if (dispatch.state === "paper") {
    return "already_on_paper";
  }
  if (dispatch.state === "delivered") {
    return "already_delivered";
  }
  await turnToPaper(tx, dispatch, "staff");
  await leaveBatch(tx, dispatch);
  return "done";
}
