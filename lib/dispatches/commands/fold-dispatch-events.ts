import { sql } from "drizzle-orm";
import type { dispatches } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
import { foldState, type KnownEvent, toPaperBy, type Unreachable, unreachableBy } from "../rules";
import type { ReceivedEvent } from "./fold-events";
import { suspendAddress, turnToPaper } from "./suspend-address";

type Dispatch = Pick<
  typeof dispatches.$inferSelect,
  "companyId" | "contractId" | "documentId" | "id" | "state" | "failure" | "email" | "batchId"
> & { withdrawn: boolean; taken: boolean };

/**
 * Folds events into the dispatches that they are about, in the caller's transaction (R18). Where they say
 * that an address cannot be written to, it is suspended and the bill goes on paper (R19), unless it was
 * withdrawn meanwhile (R21) or is on paper for another reason. Events of no dispatch of ours, or of
 * another company's, are let go.
 */
export async function foldDispatchEvents(
  tx: TxContext<SystemActor>,
  events: ReceivedEvent[],
): Promise<void> {
  const about = events.filter(({ dispatchId }) => dispatchId !== null);
  if (about.length === 0) {
    return;
  }
  const found = await holdDispatches(tx, about);
  const fresh = await keep(tx, about, found);
  await noteTaken(tx, fresh, found);
  await suspendAll(tx, fresh, found);
  const known = await eventsOf(tx, found);
  const changed: { dispatch: Dispatch; state: Dispatch["state"] }[] = [];
  for (const dispatch of found.values()) {
    const told = known.get(dispatch.documentId) ?? [];
    const reason = toPaperBy(dispatch, told);
    if (reason) {
      await turnToPaper(tx, dispatch, reason);
      continue;
    }
    const state = foldState(
      dispatch.state,
      told.map(({ type }) => type),
    );
    if (state !== dispatch.state) {
      changed.push({ dispatch, state });
    }
  }
  await change(tx, changed);
}

const keyOf = ({ companyId, id }: { companyId: number; id: string | null }) => `${companyId} ${id}`;

/** By company and id, held in that order, as the sender holds them. */
async function holdDispatches(
  { db }: TxContext<SystemActor>,
  about: ReceivedEvent[],
): Promise<Map<string, Dispatch>> {
  const ids = [
    ...new Map(
      about.map(({ companyId, dispatchId }) => [
        keyOf({ companyId, id: dispatchId }),
        { company_id: companyId, id: dispatchId },
      ]),
    ).values(),
  ];
  const rows = await db.execute<Record<string, unknown> & Dispatch>(sql`
    select d.company_id as "companyId", d.contract_id as "contractId",
      d.document_id as "documentId", d.id, d.state, d.failure, d.email, d.batch_id as "batchId",
      doc.withdrawn_at is not null as withdrawn, d.accepted_at is not null as taken
    from json_to_recordset(${JSON.stringify(ids)}::json) as asked(company_id smallint, id uuid)
    join dispatches d on d.company_id = asked.company_id and d.id = asked.id
    join documents doc on doc.company_id = d.company_id and doc.contract_id = d.contract_id
      and doc.id = d.document_id
    order by d.company_id, d.id for update of d`);
  return new Map(rows.map((row) => [keyOf(row), row]));
}

/** Adds the events to the dispatches' timelines; those that were told before are not among the answers. */
async function keep(
  { db }: TxContext<SystemActor>,
  about: ReceivedEvent[],
  found: Map<string, Dispatch>,
): Promise<ReceivedEvent[]> {
  const rows = about.flatMap((event) => {
    const dispatch = found.get(keyOf({ companyId: event.companyId, id: event.dispatchId }));
    return dispatch
      ? [
          {
            company_id: dispatch.companyId,
            contract_id: dispatch.contractId,
            document_id: dispatch.documentId,
            batch_id: event.batchId,
            type: event.type,
            occurred_at: event.occurredAt,
            received_at: event.receivedAt,
            provider_event_id: event.id,
            detail: event.detail,
          },
        ]
      : [];
  });
  const added = await db.execute<{ id: string }>(sql`
    insert into dispatch_events (company_id, contract_id, document_id, batch_id, type, occurred_at,
      received_at, provider_event_id, detail)
    select e.company_id, e.contract_id, e.document_id, e.batch_id, e.type, e.occurred_at,
      e.received_at, e.provider_event_id, e.detail
    from json_to_recordset(${JSON.stringify(rows)}::json) as e(company_id smallint, contract_id uuid,
      document_id uuid, batch_id uuid, type text, occurred_at timestamptz, received_at timestamptz,
      provider_event_id text, detail jsonb)
    on conflict (company_id, provider_event_id) do nothing
    returning provider_event_id as id`);
  const fresh = new Set(added.map(({ id }) => id));
  return about.filter(({ id }) => fresh.has(id));
}

/** What the provider tells of it has taken, also where its answer never came. */
async function noteTaken(
  { db }: TxContext<SystemActor>,
  fresh: ReceivedEvent[],
  found: Map<string, Dispatch>,
): Promise<void> {
  const rows = fresh.flatMap((event) => {
    const dispatch = found.get(keyOf({ companyId: event.companyId, id: event.dispatchId }));
    return dispatch && !dispatch.taken && dispatch.batchId && dispatch.batchId === event.batchId
      ? [{ company_id: dispatch.companyId, id: dispatch.id, at: event.occurredAt }]
      : [];
  });
  if (rows.length > 0) {
    await db.execute(sql`
      update dispatches d set accepted_at = told.at
      from (select company_id, id, min(at) as at from json_to_recordset(${JSON.stringify(rows)}::json)
        as e(company_id smallint, id uuid, at timestamptz) group by company_id, id) told
      where d.company_id = told.company_id and d.id = told.id and d.accepted_at is null`);
  }
}

/** R19: suspends the addresses that new events speak against: those that their sending went to. */
async function suspendAll(
  tx: TxContext<SystemActor>,
  fresh: ReceivedEvent[],
  found: Map<string, Dispatch>,
): Promise<void> {
  const against: { email: string; reason: Unreachable; at: Date }[] = [];
  for (const event of fresh) {
    const reason = unreachableBy([event]);
    const dispatch = found.get(keyOf({ companyId: event.companyId, id: event.dispatchId }));
    const email = reason && dispatch && (await addressOf(tx, dispatch, event.batchId));
    if (reason && email) {
      against.push({ email, reason, at: event.occurredAt });
    }
  }
  // In one order, so that two who fold wait for each other and never both.
  for (const { email, ...why } of against.sort((one, other) =>
    one.email < other.email ? -1 : 1,
  )) {
    await suspendAddress(tx, email, why);
  }
}

async function addressOf(
  { db }: TxContext<SystemActor>,
  { companyId, contractId, documentId, email, batchId: present }: Dispatch,
  batchId: string | null,
): Promise<string | null> {
  const [sent] = await db.execute<{ email: string }>(sql`
    select email from dispatch_mails where company_id = ${companyId} and contract_id = ${contractId}
      and document_id = ${documentId} and batch_id = ${batchId}`);
  // Of a sending before the present one nothing is said against the address of now.
  const ofPresent = batchId === null || batchId === present;
  return sent?.email ?? (ofPresent ? email : null);
}

/** All that is known of the dispatches' present sendings, by document. */
async function eventsOf(
  { db }: TxContext<SystemActor>,
  found: Map<string, Dispatch>,
): Promise<Map<string, KnownEvent[]>> {
  const rows = [...found.values()].map(({ companyId, contractId, documentId, batchId }) => ({
    company_id: companyId,
    contract_id: contractId,
    document_id: documentId,
    batch_id: batchId,
  }));
  const events = await db.execute<
    Record<string, unknown> & KnownEvent & { documentId: string }
  >(sql`
    select e.document_id as "documentId", e.type, e.detail
    from json_to_recordset(${JSON.stringify(rows)}::json)
      as d(company_id smallint, contract_id uuid, document_id uuid, batch_id uuid)
    join dispatch_events e on e.company_id = d.company_id and e.contract_id = d.contract_id
      and e.document_id = d.document_id and coalesce(e.batch_id = d.batch_id, e.batch_id is null)
    where e.provider_event_id is not null`);
  const known = new Map<string, KnownEvent[]>();
  for (const event of events) {
    known.set(event.documentId, [...(known.get(event.documentId) ?? []), event]);
  }
  return known;
}

async function change(
  { db }: TxContext<SystemActor>,
  changed: { dispatch: Dispatch; state: Dispatch["state"] }[],
): Promise<void> {
  if (changed.length === 0) {
    return;
  }
  const rows = changed.map(({ dispatch, state }) => ({
    company_id: dispatch.companyId,
    contract_id: dispatch.contractId,
    document_id: dispatch.documentId,
    state,
  }));
  await db.execute(sql`
    update dispatches d set state = folded.state
    from json_to_recordset(${JSON.stringify(rows)}::json)
      as folded(company_id smallint, contract_id uuid, document_id uuid, state text)
    where d.company_id = folded.company_id and d.contract_id = folded.contract_id
      and d.document_id = folded.document_id`);
}
