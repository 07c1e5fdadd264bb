import { type SQL, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { recordAudit } from "@/lib/audit/commands";
import type { TxContext } from "@/lib/auth/context";
import { WAS_TAKEN } from "@/lib/dispatches/scope";
import { wakeSenders } from "@/lib/jobs/queue";
import type { RunActor } from "@/lib/runs/rules";

interface WithdrawalId {
  companyId: number;
  withdrawalId: string;
}

/** Withdrawals of a company wait for each other, so that each finds what the one before took back. */
export async function oneAtATime({ db }: TxContext, company: string): Promise<void> {
  await db.execute(
    sql`select pg_advisory_xact_lock(hashtextextended(${`withdraw ${company}`}, 0))`,
  );
}

/**
 * R21, in the caller's transaction: the documents are withdrawn and stay, what was not sent is not
 * sent any more, and whoever was told of one by e-mail is told that it is withdrawn. What another
 * withdrawal took back meanwhile is left to that one.
 */
export async function carryOutWithdrawal(
  tx: TxContext<RunActor>,
  withdrawal: WithdrawalId,
): Promise<{ documents: number; told: number }> {
  const { companyId, withdrawalId } = withdrawal;
  await holdReaders(tx, withdrawal);
  const documents = await takeBack(tx, withdrawal);
  const unsent = await keepFromSending(tx, withdrawal);
  const told = await tellWhoWasTold(tx, withdrawal);
  await tx.db.execute(sql`update withdrawals
    set carried_out_at = clock_timestamp(), documents = ${documents}
    where company_id = ${companyId} and id = ${withdrawalId}`);
  await recordAudit(tx, {
    action: "withdrew_documents",
    companyId,
    subjectKind: "withdrawal",
    subjectId: withdrawalId,
    detail: { documents, unsent, told },
  });
  return { documents, told };
}

const members = ({ companyId, withdrawalId }: WithdrawalId): SQL => sql`
  select company_id, contract_id, document_id from withdrawn_documents
  where company_id = ${companyId} and withdrawal_id = ${withdrawalId}`;

/**
 * The accounts before the dispatches, as a deletion takes them: one at once waits, or is over, and then
 * nobody writes to its address (R7).
 */
async function holdReaders({ db }: TxContext, withdrawal: WithdrawalId): Promise<void> {
  await db.execute(sql`select from accounts where id in (
      select l.account_id from (${members(withdrawal)}) m
      join contract_links l on l.company_id = m.company_id and l.contract_id = m.contract_id)
    order by id for key share`);
}

async function takeBack({ db }: TxContext, withdrawal: WithdrawalId): Promise<number> {
  await db.execute(sql`select from documents
    where (company_id, contract_id, id) in (${members(withdrawal)})
    order by contract_id, id for no key update`);
  await db.execute(sql`delete from withdrawn_documents x using documents d
    where x.company_id = ${withdrawal.companyId} and x.withdrawal_id = ${withdrawal.withdrawalId}
      and d.company_id = x.company_id and d.contract_id = x.contract_id and d.id = x.document_id
      and d.withdrawn_at is not null`);
  const [taken] = await db.execute<{ documents: number }>(sql`
    with taken as (
      update documents set withdrawn_at = clock_timestamp()
      where (company_id, contract_id, id) in (${members(withdrawal)})
      returning id
    )
    select count(*)::int as documents from taken`);
  return taken?.documents ?? 0;
}

/** Thrown to let go of row locks that were only waited for. */
class LetGo extends Error {}

/**
 * Waits for whoever freezes a batch with one of these, and holds nothing afterwards: a worker takes the
 * batch before its dispatches, and whoever held a dispatch while asking for its batch would deadlock.
 */
async function waitForFreezes(db: Transaction, withdrawal: WithdrawalId): Promise<void> {
  await db
    .transaction(async (savepoint) => {
      await savepoint.execute(sql`select from dispatches
        where (company_id, contract_id, document_id) in (${members(withdrawal)}) and state = 'queued'
        order by company_id, id for update`);
      throw new LetGo();
    })
    .catch((error: unknown) => {
      if (!(error instanceof LetGo)) {
        throw error;
      }
    });
}

/** Also out of a batch that was never attempted: the worker finds a member gone and rebuilds it (R17). */
async function keepFromSending({ db }: TxContext, withdrawal: WithdrawalId): Promise<number> {
  await waitForFreezes(db, withdrawal);
  // Batches before their dispatches, as a worker takes them: from here on no first attempt begins.
  await db.execute(sql`select from dispatch_batches b
    where b.state = 'frozen' and b.first_attempt_at is null and (b.company_id, b.id) in (
      select company_id, batch_id from dispatches
      where (company_id, contract_id, document_id) in (${members(withdrawal)}) and state = 'batched')
    order by b.company_id, b.id for update`);
  const [kept] = await db.execute<{ unsent: number }>(sql`
    with kept as (
      update dispatches d set state = 'withdrawn', batch_id = null, position = null
      where (d.company_id, d.contract_id, d.document_id) in (${members(withdrawal)})
        and (d.state = 'queued' or d.state = 'batched' and exists (
          select from dispatch_batches b where b.company_id = d.company_id and b.id = d.batch_id
            and b.state = 'frozen' and b.first_attempt_at is null))
      returning d.company_id, d.contract_id, d.document_id, old.batch_id
    ), unwritten as (
      delete from dispatch_mails m using kept
      where m.company_id = kept.company_id and m.contract_id = kept.contract_id
        and m.document_id = kept.document_id and m.batch_id = kept.batch_id
    ), told as (
      insert into dispatch_events (company_id, contract_id, document_id, type, occurred_at)
      select company_id, contract_id, document_id, 'withdrawn', clock_timestamp() from kept
    )
    select count(*)::int as unsent from kept`);
  return kept?.unsent ?? 0;
}

/**
 * Queues a mail to every address that the bill's own mail reached, or may have: one still in a batch
 * was attempted, and one that turned to paper since may lie in a mailbox. A suspended address is not written to (R19), and a deleted account has none (R7).
 */
async function tellWhoWasTold(tx: TxContext, withdrawal: WithdrawalId): Promise<number> {
  const queued = await tx.db.execute(sql`
      insert into account_mails (id, template, company_id, account_id, to_email, language, params)
      select uuidv7(), 'bill-withdrawn', d.company_id, reader.id, told.email, s.language,
        jsonb_build_object('kind', d.kind, 'billNumber', d.bill_number, 'contractNumber', d.contract_number,
          'documentId', d.id, 'reason', w.reason)
      from withdrawals w
      join withdrawn_documents x on x.company_id = w.company_id and x.withdrawal_id = w.id
      join documents d on d.company_id = x.company_id and d.contract_id = x.contract_id
        and d.id = x.document_id
      join dispatches s on s.company_id = d.company_id and s.contract_id = d.contract_id
        and s.document_id = d.id
      cross join lateral (
        select s.email where s.channel = 'email'
          and s.state in ('accepted', 'delayed', 'delivered', 'batched')
        union
        select m.email from dispatch_mails m
        where m.company_id = s.company_id and m.contract_id = s.contract_id
          and m.document_id = s.document_id and ${WAS_TAKEN}
          and (m.batch_id is distinct from s.batch_id
            or s.state not in ('failed', 'bounced', 'suppressed', 'complained'))
      ) told
      left join lateral (
        select a.id from contract_links l
        join accounts a on a.id = l.account_id and a.holder_id = d.holder_id
        where l.company_id = d.company_id and l.contract_id = d.contract_id
          and a.deleted_at is null and (l.ended_at is null or l.ended_because = 'holder_changed')
        order by l.linked_at desc limit 1
      ) reader on true
      where w.company_id = ${withdrawal.companyId} and w.id = ${withdrawal.withdrawalId}
        and told.email like '%@%'
        and not exists (select from address_suspensions p where p.email = told.email
          and (p.lifted_at is null or p.lifted_at > clock_timestamp()))
      returning id`);
  await wakeSenders(tx);
  return queued.length;
}
