import { and, asc, eq, gt, isNotNull, sql } from "drizzle-orm";
import { accountMails, companies, documents } from "@/db/schema";
import type { DataRow, DataSet } from "@/lib/api/data-files";
import { WAS_TAKEN } from "@/lib/dispatches/scope";
import { visibleDocuments } from "@/lib/documents/scope";
import { fillForm } from "@/lib/mail/bill-mail";
import { type Ctx, pages } from "./pages";

const PAGE = 500;

interface BillMail extends Record<string, unknown> {
  company_id: number;
  contract_id: string;
  document_id: string;
  batch_id: string;
  company: string;
  to: string;
  template: string;
  subject: string;
  facts: string[];
  sent_ms: number;
  state: string | null;
}

/** Every e-mail that was sent about the account or one of its bills; their words are in the archive. */
export const mailsSet = (ctx: Ctx): DataSet => ({
  name: "emails",
  columns: {
    sent_at: "instant",
    company: "text",
    template: "text",
    subject: "text",
    to: "text",
    state: "text",
  },
  async *rows() {
    yield* accountMailRows(ctx);
    yield* billMailRows(ctx);
  },
});

const accountMailRows = (ctx: Ctx): AsyncGenerator<DataRow> =>
  pages(ctx, PAGE, async ({ db, actor }, last: { id: string } | undefined) =>
    db
      .select({
        id: accountMails.id,
        sent_at: accountMails.sentAt,
        company: companies.name,
        template: accountMails.template,
        subject: sql<string | null>`${accountMails.content} ->> 'subject'`,
        to: accountMails.toEmail,
        state: accountMails.outcome,
      })
      .from(accountMails)
      .innerJoin(companies, eq(companies.id, accountMails.companyId))
      .where(
        and(
          eq(accountMails.accountId, actor.accountId),
          eq(accountMails.state, "sent"),
          isNotNull(accountMails.sentAt),
          last && gt(accountMails.id, last.id),
        ),
      )
      .orderBy(asc(accountMails.id))
      .limit(PAGE),
  );

/** A sending before the present one, or the present one once it was taken, as in the customer's archive. */
async function* billMailRows(ctx: Ctx): AsyncGenerator<DataRow> {
  const rows = pages(ctx, PAGE, async ({ db, actor }, last: BillMail | undefined) => [
    ...(await db.execute<BillMail>(sql`
      select m.company_id, m.contract_id, m.document_id, m.batch_id, co.name as company, m.email as "to",
        f.template, f.subject, m.facts,
        (extract(epoch from case when m.batch_id = s.batch_id then s.accepted_at else m.frozen_at end)
          * 1000)::float8 as sent_ms,
        case when m.batch_id = s.batch_id then s.state end as state
      from ${documents}
      join dispatches s on s.company_id = ${documents.companyId}
        and s.contract_id = ${documents.contractId} and s.document_id = ${documents.id}
      join dispatch_mails m on m.company_id = s.company_id and m.contract_id = s.contract_id
        and m.document_id = s.document_id
      join mail_forms f on f.digest = m.form
      join companies co on co.id = m.company_id
      where ${visibleDocuments(actor) ?? sql`false`} and ${WAS_TAKEN}
        and ${
          last
            ? sql`(m.company_id, m.contract_id, m.document_id, m.batch_id)
              > (${last.company_id}::smallint, ${last.contract_id}::uuid, ${last.document_id}::uuid,
                ${last.batch_id}::uuid)`
            : sql`true`
        }
      order by m.company_id, m.contract_id, m.document_id, m.batch_id
      limit ${PAGE}`)),
  ]);
  for await (const { sent_ms, subject, facts, ...row } of rows) {
    const words = fillForm({ subject, preheader: "", html: "", text: "" }, facts);
    yield { ...row, subject: words.subject, sent_at: new Date(sent_ms) };
  }
}
