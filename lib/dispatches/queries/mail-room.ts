import { type SQL, sql } from "drizzle-orm";
import { type Context, inTransaction } from "@/lib/auth/context";
import { type RunActor, requireRunReader } from "@/lib/runs/rules";
import { latestSafeDay } from "../scope";

/** A document that the mail room prints, and why. */
export interface MailRoomRow {
  contractNumber: string;
  holderName: string;
  /** Null where the contract changed hands since: what it has now is another person's (R5). */
  billingAddress: string | null;
  billNumber: string;
  /** The PDF's place in the document storage; null without one. */
  document: string | null;
  issueDate: string;
  dueDate: string;
  /** By then it must be printed to come in time (R19). */
  latestSafeOn: string;
  /** R10's or R19's reason; `single` for a bill outside a run on paper by choice. */
  reason: string;
}

/** A list that was handed to the mail room. */
export interface MailRoomExport {
  id: string;
  companySlug: string;
  companyName: string;
  exportedAt: Date;
  /** `staff:<id>` or `shell:<user>`. */
  person: string;
  documents: number;
}

/** Of `dispatches d`, `documents doc`, `contracts c`, `holders h` and `companies co`. */
export const MAIL_ROOM_COLUMNS = sql`c.contract_number as "contractNumber", h.name as "holderName",
  case when c.holder_id = doc.holder_id then c.billing_address end as "billingAddress",
  doc.bill_number as "billNumber", doc.storage_key as document, doc.issue_date::text as "issueDate",
  doc.due_date::text as "dueDate", ${latestSafeDay}::text as "latestSafeOn"`;

export const MAIL_ROOM_JOINS = sql`
  join documents doc on doc.company_id = d.company_id and doc.contract_id = d.contract_id
    and doc.id = d.document_id
  join contracts c on c.company_id = d.company_id and c.id = d.contract_id
  join holders h on h.id = doc.holder_id
  join companies co on co.id = d.company_id`;

/**
 * Of a company's dispatches `d`: on paper and on no list yet. A run's print list has those that its plan
 * sent on paper; here are those that turned to paper after that, and bills outside runs.
 */
export const forMailRoom = (companyId: SQL): SQL => sql`
  d.company_id = ${companyId} and d.state = 'paper' and (d.failure is not null or d.run_id is null)
  and not exists (select from mail_room_items i where i.company_id = d.company_id
    and i.contract_id = d.contract_id and i.document_id = d.document_id)`;

/**
 * How much waits for the mail room in each company, and until when it is in time.
 * @throws {ForbiddenError} for a role that may not see runs
 */
export async function listMailRoom(
  ctx: Context<RunActor>,
): Promise<{ waiting: MailRoomWaiting[]; exports: MailRoomExport[] }> {
  requireRunReader(ctx.actor);
  return await inTransaction(ctx, async ({ db }) => {
    const waiting = await db.execute<Record<string, unknown> & MailRoomWaiting>(sql`
      select co.slug as "companySlug", co.name as "companyName", count(doc.id)::int as documents,
        min(${latestSafeDay})::text as "firstSafeOn"
      from companies co
      left join dispatches d on ${forMailRoom(sql`co.id`)}
      left join documents doc on doc.company_id = d.company_id and doc.contract_id = d.contract_id
        and doc.id = d.document_id and doc.withdrawn_at is null
      group by co.id order by co.name`);
    const exports = await db.execute<Record<string, unknown> & MailRoomExport & { ms: number }>(sql`
      select x.id, co.slug as "companySlug", co.name as "companyName", x.person,
        (extract(epoch from x.exported_at) * 1000)::float8 as ms,
        (select count(*)::int from mail_room_items i
          where i.company_id = x.company_id and i.export_id = x.id) as documents
      from mail_room_exports x join companies co on co.id = x.company_id
      order by x.exported_at desc limit 50`);
    return {
      waiting: [...waiting],
      exports: exports.map(({ ms, ...row }) => ({ ...row, exportedAt: new Date(ms) })),
    };
  });
}

export interface MailRoomWaiting {
  companySlug: string;
  companyName: string;
  documents: number;
  /** The first of the days by which they must be printed; null where nothing waits. */
  firstSafeOn: string | null;
}
