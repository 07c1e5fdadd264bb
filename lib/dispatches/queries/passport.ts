import { sql } from "drizzle-orm";
import { validate as isUuid } from "uuid";
import { documents } from "@/db/schema";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { visibleDocuments } from "@/lib/documents/scope";
import { ForbiddenError } from "@/lib/errors";
import { type DispatchState, mayWorkDispatches } from "../rules";
import { latestSafeDay, WAS_TAKEN } from "../scope";

/** The way of one document to its reader (R15–R21): the same facts for the customer and for staff. */
export interface Passport {
  document: {
    companyId: number;
    contractId: string;
    id: string;
    kind: "bill" | "credit_note" | "closing_bill" | "notice";
    billNumber: string;
    contractNumber: string;
    dueDate: string;
    companyName: string;
    companySlug: string;
    accentColor: string;
    supportPhone: string;
    publishedAt: Date | null;
    withdrawnAt: Date | null;
  };
  /** What was frozen of its contract (R12); null for a bill outside runs, or of a former holder (R5). */
  plan: {
    mode: "electronic" | "paper";
    reason: string;
    email: string | null;
    run: string;
    cutOffAt: Date;
  } | null;
  /** Null for what was published without being sent: an archive's. */
  dispatch: {
    channel: "email" | "paper";
    state: DispatchState;
    email: string | null;
    failure: string | null;
    createdAt: Date;
    acceptedAt: Date | null;
  } | null;
  /** Its e-mail has not gone out, and none of its company does until somebody acts. */
  mailWaits: boolean;
  /** R19: by then paper must be on its way. */
  latestSafeOn: string;
  /** Every e-mail that was written for it, the first one first. */
  sendings: PassportSending[];
  /** What happened, in the order in which it happened. */
  events: PassportEvent[];
  /** When the mail room was told to print it; only staff see that. */
  printedAt: Date | null;
}

interface PassportSending {
  batchId: string;
  email: string;
  /** Digest of the form it was filled from: the template's version. */
  version: string;
  frozenAt: Date;
  /** The provider took it: it is in the archive of mails. */
  taken: boolean;
}

export interface PassportEvent {
  id: string;
  type: string;
  occurredAt: Date;
  /** The sending that an event of the provider is about; null for what happened here. */
  batchId: string | null;
  detail: Record<string, string>;
}

type Row = Record<string, unknown> &
  Omit<Passport["document"], "publishedAt" | "withdrawnAt"> & {
    publishedMs: number | null;
    withdrawnMs: number | null;
    latestSafeOn: string;
    mailWaits: boolean;
    printedMs: number | null;
    plan: (Omit<NonNullable<Passport["plan"]>, "cutOffAt"> & { cutOffMs: number }) | null;
    dispatch:
      | (Omit<NonNullable<Passport["dispatch"]>, "createdAt" | "acceptedAt"> & {
          createdMs: number;
          acceptedMs: number | null;
        })
      | null;
  };

const at = (ms: number | null) => (ms === null ? null : new Date(ms));

/**
 * A document's passport, in three statements; null when there is none or it is not the actor's (R28).
 * @throws {ForbiddenError} for staff of a role we do not know
 */
export async function findPassport(ctx: Context, id: string): Promise<Passport | null> {
  if (ctx.actor.kind === "staff" && !mayWorkDispatches(ctx.actor)) {
    throw new ForbiddenError("see a bill's passport");
  }
  if (!isUuid(id)) {
    return null;
  }
  return await inTransaction(ctx, async (tx) => {
    const row = await factsOf(tx, id);
    if (!row) {
      return null;
    }
    const { publishedMs, withdrawnMs, printedMs, plan, dispatch, ...known } = row;
    const { latestSafeOn, mailWaits, ...document } = known;
    return {
      document: { ...document, publishedAt: at(publishedMs), withdrawnAt: at(withdrawnMs) },
      plan: plan && { ...plan, cutOffAt: new Date(plan.cutOffMs) },
      dispatch: dispatch && {
        ...dispatch,
        createdAt: new Date(dispatch.createdMs),
        acceptedAt: at(dispatch.acceptedMs),
      },
      latestSafeOn,
      mailWaits,
      printedAt: at(printedMs),
      sendings: await sendingsOf(tx, row),
      events: await eventsOf(tx, row),
    };
  });
}

async function factsOf({ db, actor }: TxContext, id: string): Promise<Row | null> {
  const [row] = await db.execute<Row>(sql`
    select doc."companyId", doc."contractId", doc.id, doc.kind, doc."billNumber",
      doc."contractNumber", doc.due_date::text as "dueDate", co.name as "companyName",
      co.slug as "companySlug", co.accent_color as "accentColor", co.support_phone as "supportPhone",
      doc."publishedMs", doc."withdrawnMs", ${latestSafeDay}::text as "latestSafeOn",
      case when p.mode is not null then json_build_object('mode', p.mode, 'reason', p.reason,
        'email', p.email, 'run', r.name, 'cutOffMs', extract(epoch from r.cut_off_at) * 1000) end as plan,
      case when s.id is not null then json_build_object('channel', s.channel, 'state', s.state,
        'email', s.email, 'failure', s.failure, 'createdMs', extract(epoch from s.created_at) * 1000,
        'acceptedMs', extract(epoch from s.accepted_at) * 1000) end as dispatch,
      coalesce(s.channel = 'email' and s.state in ('queued', 'batched') and doc."withdrawnMs" is null
        and mail_waits(doc."companyId"), false) as "mailWaits",
      (select (extract(epoch from x.exported_at) * 1000)::float8
        from mail_room_items i
        join mail_room_exports x on x.company_id = i.company_id and x.id = i.export_id
        where i.company_id = doc."companyId" and i.contract_id = doc."contractId"
          and i.document_id = doc.id) as "printedMs"
    from (
      select ${documents.companyId} as "companyId", ${documents.contractId} as "contractId",
        ${documents.id} as id, ${documents.runId} as run_id, ${documents.kind} as kind,
        ${documents.billNumber} as "billNumber", ${documents.contractNumber} as "contractNumber",
        ${documents.dueDate} as due_date,
        (extract(epoch from ${documents.publishedAt}) * 1000)::float8 as "publishedMs",
        (extract(epoch from ${documents.withdrawnAt}) * 1000)::float8 as "withdrawnMs"
      from ${documents}
      where ${documents.id} = ${id} and ${visibleDocuments(actor) ?? sql`true`}
    ) doc
    join companies co on co.id = doc."companyId"
    left join dispatches s on s.company_id = doc."companyId" and s.contract_id = doc."contractId"
      and s.document_id = doc.id
    left join invoicing_runs r on r.company_id = doc."companyId" and r.id = doc.run_id
    left join delivery_plans p on p.company_id = doc."companyId" and p.run_id = r.id
      and p.contract_id = doc."contractId"`);
  return row ?? null;
}

async function sendingsOf({ db }: TxContext, row: Row): Promise<PassportSending[]> {
  const sendings = await db.execute<
    Record<string, unknown> & Omit<PassportSending, "frozenAt"> & { frozenMs: number }
  >(sql`
    select m.batch_id as "batchId", m.email, m.form as version,
      (extract(epoch from m.frozen_at) * 1000)::float8 as "frozenMs", ${WAS_TAKEN} as taken
    from dispatch_mails m
    join dispatches s on s.company_id = m.company_id and s.contract_id = m.contract_id
      and s.document_id = m.document_id
    where m.company_id = ${row.companyId} and m.contract_id = ${row.contractId}
      and m.document_id = ${row.id}
    order by m.frozen_at, m.batch_id`);
  return sendings.map(({ frozenMs, ...sending }) => ({
    ...sending,
    frozenAt: new Date(frozenMs),
  }));
}

async function eventsOf({ db }: TxContext, row: Row): Promise<PassportEvent[]> {
  const events = await db.execute<
    Record<string, unknown> & Omit<PassportEvent, "occurredAt"> & { ms: number }
  >(sql`
    select id, type, detail, batch_id as "batchId", (extract(epoch from occurred_at) * 1000)::float8 as ms
    from dispatch_events
    where company_id = ${row.companyId} and contract_id = ${row.contractId} and document_id = ${row.id}
    order by occurred_at, id`);
  return events.map(({ ms, ...event }) => ({ ...event, occurredAt: new Date(ms) }));
}
