import { type SQL, sql } from "drizzle-orm";
import { validate as isUuid } from "uuid";
import { documents } from "@/db/schema";
import type { MailContentKept } from "@/db/schema/account-mail";
import type { CustomerActor, StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { mayPreviewMails } from "@/lib/dispatches/rules";
import { WAS_TAKEN } from "@/lib/dispatches/scope";
import { visibleDocuments } from "@/lib/documents/scope";
import { ForbiddenError } from "@/lib/errors";
import type { Language } from "@/lib/i18n/languages";
import { fillForm } from "../bill-mail";
import type { RenderedMail } from "../rendered-mail";

/** Mails on a page of the archive. */
const PER_PAGE = 24;

/** A mail of the archive: a bill's sending, or one about the account. */
export type ArchivedMailKey = { documentId: string; batchId: string } | { mailId: string };

/** The end of a mail's address under /notifications: `<mail>` or `<document>/<sending>`. */
export const archivedMailPath = (key: ArchivedMailKey): string =>
  "mailId" in key ? key.mailId : `${key.documentId}/${key.batchId}`;

/** The mail that the end of an address means; null where it means none. */
export function archivedMailKey(path: readonly string[]): ArchivedMailKey | null {
  const [first = "", second = ""] = path;
  if (!path.every((part) => isUuid(part))) {
    return null;
  }
  switch (path.length) {
    case 1:
      return { mailId: first };
    case 2:
      return { documentId: first, batchId: second };
    default:
      return null;
  }
}

export interface ArchivedMailItem {
  key: ArchivedMailKey;
  /** The template's name, or the kind of the document. */
  template: string;
  subject: string;
  to: string;
  sentAt: Date;
  companyName: string;
  /** The state of its sending, as its events say; null while none came. */
  state: string | null;
}

export interface ArchivedMail extends ArchivedMailItem, RenderedMail {
  language: Language;
  /** SHA-256 of its template: its version. */
  version: string;
  /** Null for a mail about the account. */
  document: { id: string; billNumber: string } | null;
}

interface Row extends Record<string, unknown> {
  documentId: string | null;
  batchId: string | null;
  mailId: string | null;
  template: string;
  version: string;
  language: Language;
  to: string;
  sentMs: number;
  companyName: string;
  billNumber: string | null;
  state: string | null;
  facts: string[] | null;
  subject: string;
  preheader: string;
  html: string;
  text: string;
}

/**
 * The customer's archive of every e-mail that was sent, a page (from 0) of the newest first, with its
 * subject as it was sent. Bills' mails are kept as long as the bills, and go with them to whom they belong (R5).
 */
export async function listMailArchive(
  ctx: Context<CustomerActor>,
  { page }: { page: number },
): Promise<{ mails: ArchivedMailItem[]; more: boolean }> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    const rows = await db.execute<Row>(sql`
      select * from (
        ${billMails(actor, sql`true`, false)}
        union all
        ${accountMails(sql`m.account_id = ${actor.accountId}`, false)}
      ) mails
      order by "sentMs" desc, "mailId", "documentId", "batchId"
      limit ${PER_PAGE + 1} offset ${page * PER_PAGE}`);
    return { mails: rows.slice(0, PER_PAGE).map(itemOf), more: rows.length > PER_PAGE };
  });
}

/**
 * One mail as it was sent, word for word; its tokens are cut out (R4). Null when there is none or it is
 * not the actor's (R28).
 * @throws {ForbiddenError} for staff of a role that may not preview mails
 */
export async function findArchivedMail(
  ctx: Context<CustomerActor | StaffActor>,
  key: ArchivedMailKey,
): Promise<ArchivedMail | null> {
  if (ctx.actor.kind === "staff" && !mayPreviewMails(ctx.actor)) {
    throw new ForbiddenError("reading e-mails");
  }
  return await inTransaction(ctx, async ({ db, actor }) => {
    const [row] = await db.execute<Row>(
      "mailId" in key
        ? accountMails(
            sql`m.id = ${key.mailId} and ${
              actor.kind === "customer" ? sql`m.account_id = ${actor.accountId}` : sql`true`
            }`,
            true,
          )
        : billMails(
            actor,
            sql`${documents.id} = ${key.documentId} and m.batch_id = ${key.batchId}`,
            true,
          ),
    );
    if (!row) {
      return null;
    }
    const { language, version, documentId, billNumber } = row;
    return {
      ...itemOf(row),
      ...wordsOf(row),
      language,
      version,
      document: documentId && billNumber ? { id: documentId, billNumber } : null,
    };
  });
}

/**
 * What was sent of bills: a sending before the present one, or the present one once it was taken. Its body
 * is read only where it is shown.
 */
const billMails = (actor: CustomerActor | StaffActor, which: SQL, whole: boolean): SQL => sql`
  select ${documents.id} as "documentId", m.batch_id as "batchId", null::uuid as "mailId",
    f.template, f.digest as version, f.language, m.email as "to",
    (extract(epoch from case when m.batch_id = s.batch_id then s.accepted_at else m.frozen_at end)
      * 1000)::float8 as "sentMs",
    co.name as "companyName", ${documents.billNumber} as "billNumber",
    case when m.batch_id = s.batch_id then s.state end as state, m.facts as facts,
    f.subject, f.preheader, ${whole ? sql`f.html, f.text` : sql`'' as html, '' as text`}
  from ${documents}
  join dispatches s on s.company_id = ${documents.companyId}
    and s.contract_id = ${documents.contractId} and s.document_id = ${documents.id}
  join dispatch_mails m on m.company_id = s.company_id and m.contract_id = s.contract_id
    and m.document_id = s.document_id
  join mail_forms f on f.digest = m.form
  join companies co on co.id = s.company_id
  where ${visibleDocuments(actor) ?? sql`true`} and ${which}
    and ${WAS_TAKEN}`;

const accountMails = (which: SQL, whole: boolean): SQL => {
  const part = (name: keyof MailContentKept) => sql`m.content ->> ${sql.raw(`'${name}'`)}`;
  return sql`
    select null::uuid as "documentId", null::uuid as "batchId", m.id as "mailId",
      m.template, ${part("version")} as version, m.language, m.to_email as "to",
      (extract(epoch from m.sent_at) * 1000)::float8 as "sentMs", co.name as "companyName",
      null as "billNumber", m.outcome as state, null::json as facts,
      ${part("subject")} as subject, ${part("preheader")} as preheader,
      ${whole ? sql`${part("html")} as html, ${part("text")} as text` : sql`'' as html, '' as text`}
    from account_mails m
    join companies co on co.id = m.company_id
    where ${which} and m.state = 'sent' and m.content is not null`;
};

function wordsOf({ facts, subject, preheader, html, text }: Row): RenderedMail {
  return facts
    ? fillForm({ subject, preheader, html, text }, facts)
    : { subject, preheader, html, text };
}

function itemOf(row: Row): ArchivedMailItem {
  const { documentId, batchId, mailId, template, to, sentMs, companyName, state } = row;
  return {
    key: documentId && batchId ? { documentId, batchId } : { mailId: mailId ?? "" },
    ...{ template, to, companyName, state },
    subject: wordsOf(row).subject,
    sentAt: new Date(sentMs),
  };
}
