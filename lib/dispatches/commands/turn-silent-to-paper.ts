import { type SQL, sql } from "drizzle-orm";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { HELD } from "@/lib/mail/commands/hold";
import { GRACE_DAYS, LONGEST_SILENCE_OF_EVENTS_MINUTES } from "../rules";
import { latestSafeDay } from "../scope";
import { leaveBatch } from "./leave-batch";
import { suspendAddress, turnToPaper } from "./suspend-address";

/** Bills that are turned in one transaction. */
const CHUNK = 200;

interface SilentBill extends Record<string, unknown> {
  companyId: number;
  contractId: string;
  documentId: string;
  id: string;
  state: "queued" | "batched" | "accepted" | "delayed" | "bounced" | "failed";
  failure: string | null;
  email: string | null;
}

/**
 * R19: an electronic bill of which nobody knows, on the latest day on which paper still comes in time, that
 * it arrived goes on paper then. Its address is suspended where the mailbox had the time to answer and did
 * not; not where we never got to send, nor while the provider's events stay away altogether, since then it
 * is not the address that is silent. A restored database whose mail is held does not know what went out.
 * @returns how many were turned
 */
export async function turnSilentToPaper(
  ctx: Context<SystemActor>,
  stop?: AbortSignal,
): Promise<number> {
  let turned = 0;
  for (let found = CHUNK; found === CHUNK && !stop?.aborted; ) {
    found = await inTransaction(ctx, async (tx) => {
      const bills = await silentBills(tx);
      const events = bills.length > 0 && (await eventsCome(tx));
      for (const bill of bills) {
        await turn(tx, bill, events);
      }
      return bills.length;
    });
    turned += found;
  }
  return turned;
}

async function turn(tx: TxContext<SystemActor>, bill: SilentBill, eventsCome: boolean) {
  await turnToPaper(tx, bill, "silence");
  await leaveBatch(tx, bill);
  if (eventsCome && ["accepted", "delayed", "bounced"].includes(bill.state)) {
    await suspendAddress(tx, bill.email, { reason: "silence", at: new Date() });
  }
  await recordAudit(tx, {
    action: "turned_silent_bill_to_paper",
    subjectKind: "document",
    subjectId: bill.documentId,
    companyId: bill.companyId,
    detail: { state: bill.state },
  });
}

/** Of dispatches `d` of a company `co`: those that may be silent, by the indexes of what is not settled. */
const unsettled = (days: number): SQL => sql`
  select d.* from dispatches d
  where d.company_id = co.id and d.state in ('accepted', 'delayed', 'bounced', 'failed')
    and coalesce(d.accepted_at < clock_timestamp() - make_interval(days => ${days}), true)
  union all
  select d.* from dispatches d
  where d.company_id = co.id and d.state = 'queued' and d.id < uuidv7(make_interval(days => ${-days}))
  union all
  select d.* from dispatch_batches b
  join dispatches d on d.company_id = b.company_id and d.batch_id = b.id and d.state = 'batched'
  where b.company_id = co.id and b.state in ('frozen', 'quarantined')`;

/** Batches are held before their members, as the sender holds them. */
async function silentBills({ db }: TxContext<SystemActor>): Promise<SilentBill[]> {
  const found = await db.execute<{ company_id: number; id: string; batch_id: string | null }>(sql`
    select d.company_id, d.id, d.batch_id
    from companies co
    cross join lateral (${unsettled(GRACE_DAYS)}) d
    join documents doc on doc.company_id = d.company_id and doc.contract_id = d.contract_id
      and doc.id = d.document_id and doc.withdrawn_at is null
    where not ${HELD} and d.channel = 'email' and d.created_at < clock_timestamp() - make_interval(days => ${GRACE_DAYS})
      and ${latestSafeDay} <= (clock_timestamp() at time zone 'Europe/Rome')::date
      and not exists (select from dispatch_events e where e.company_id = d.company_id
        and e.contract_id = d.contract_id and e.document_id = d.document_id
        and e.type = 'staff_resent'
        and e.occurred_at > clock_timestamp() - make_interval(days => ${GRACE_DAYS}))
    limit ${CHUNK}`);
  const asked = JSON.stringify(found);
  await db.execute(sql`select from dispatch_batches b
    where (b.company_id, b.id) in (
      select f.company_id, f.batch_id from json_to_recordset(${asked}::json)
        as f(company_id smallint, batch_id uuid))
    order by b.company_id, b.id for update`);
  return [
    ...(await db.execute<SilentBill>(sql`
      select d.company_id as "companyId", d.contract_id as "contractId",
        d.document_id as "documentId", d.id, d.state, d.failure, d.email
      from json_to_recordset(${asked}::json) as f(company_id smallint, id uuid)
      join dispatches d on d.company_id = f.company_id and d.id = f.id and d.channel = 'email'
        and d.state in ('queued', 'batched', 'accepted', 'delayed', 'bounced', 'failed')
      order by d.company_id, d.id for update of d`)),
  ];
}

async function eventsCome({ db }: TxContext<SystemActor>): Promise<boolean> {
  const [contact] = await db.execute<{ come: boolean }>(sql`
    select coalesce(unanswered_since > clock_timestamp()
        - make_interval(mins => ${LONGEST_SILENCE_OF_EVENTS_MINUTES}), true) as come
    from provider_contact`);
  return contact?.come ?? false;
}
