import { sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { SystemActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
import { maySend, type Probe } from "@/lib/mail/commands/pause";
import { type BillMailRow, COMPANY_FACTS, DOCUMENT_FACTS, PAYING_MANDATE } from "../bill-mail-row";
import { BATCH_LIMIT } from "../rules";
import { sendableDispatches } from "../scope";
import type { BatchMember } from "./freeze-mails";

/** Members that were queued, in the order in which they will be sent. */
export interface Claim {
  batchId: string;
  company: BillMailRow["company"];
  members: BatchMember[];
  /** The database was restored, and mails went out that it knows nothing of: some may be these. */
  restored: boolean;
}

type ClaimedRow = Record<string, unknown> &
  Omit<BatchMember, "company"> & {
    taken: number;
    restored: boolean;
    company: BillMailRow["company"] | null;
  };

/**
 * Claims up to 100 queued e-mail dispatches of one company, whichever of those that may send, so that no
 * company waits for another's million (R17). Two workers at once claim different ones. Those whose
 * address was suspended since they were queued go on paper instead, and keep the discount (R19).
 * @returns `papered` when all of them went on paper: ask again; null when nothing is queued.
 */
export async function claimBatch(
  { db, actor }: TxContext<SystemActor>,
  probe: Probe | null,
): Promise<Claim | "papered" | null> {
  const batchId = uuidv7();
  const rows = await db.execute<ClaimedRow>(sql`
    with chosen as materialized (
      select co.id, co.name, co.slug, co.accent_color, co.support_phone, co.sender_email, co.reply_to_email
      from companies co
      where ${maySend(sql`co.id`, probe)} and ${sendableDispatches(actor) ?? sql`true`} and exists (
        select from dispatches d where d.company_id = co.id and d.state = 'queued' and d.channel = 'email')
      order by random() limit 1
    ), queued as materialized (
      select company_id, contract_id, document_id, id, email, language from dispatches
      where company_id = (select chosen.id from chosen) and state = 'queued' and channel = 'email'
      order by id limit ${BATCH_LIMIT} for update skip locked
    ), taken as materialized (
      select queued.*, exists (select from address_suspensions s where s.email = queued.email
        and (s.lifted_at is null or s.lifted_at > clock_timestamp())) as suspended
      from queued
    ), papered as (
      update dispatches d set channel = 'paper', state = 'paper', failure = 'address_suspended'
      from taken
      where taken.suspended and d.company_id = taken.company_id
        and d.contract_id = taken.contract_id and d.document_id = taken.document_id
    ), told as (
      insert into dispatch_events (company_id, contract_id, document_id, type, occurred_at, detail)
      select company_id, contract_id, document_id, 'turned_to_paper', clock_timestamp(),
        '{"reason": "address_suspended"}'
      from taken where suspended
    ), picked as materialized (
      select taken.*, row_number() over (order by id) - 1 as position from taken where not suspended
    ), batched as (
      update dispatches d set state = 'batched', batch_id = ${batchId}, position = picked.position
      from picked
      where d.company_id = picked.company_id and d.contract_id = picked.contract_id
        and d.document_id = picked.document_id
    )
    select (select count(*)::int from taken) as taken,
      exists (select from sent_before_restore where dispatch_id is null) as restored,
      case when picked.position = 0 then ${COMPANY_FACTS} end as company,
      picked.contract_id as "contractId", picked.document_id as "documentId",
      picked.id as "dispatchId", picked.email, picked.language, h.name as "holderName",
      ${DOCUMENT_FACTS} as document, ${PAYING_MANDATE} as mandate
    from chosen co
    left join picked on true
    left join documents d on d.company_id = picked.company_id and d.contract_id = picked.contract_id
      and d.id = picked.document_id
    left join holders h on h.id = d.holder_id
    order by picked.position`);
  const [first] = rows;
  if (!first || first.taken === 0) {
    return null;
  }
  const { company, restored } = first;
  if (!company) {
    return "papered";
  }
  const members = rows.map(({ taken: _taken, restored: _restored, company: _company, ...row }) => ({
    ...row,
    company,
  }));
  return { batchId, company, members, restored };
}
