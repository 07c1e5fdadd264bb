import { sql } from "drizzle-orm";
import { maskEmail } from "@/lib/accounts/rules";
import type { StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { mayPreviewMails } from "@/lib/dispatches/rules";
import { WAS_TAKEN } from "@/lib/dispatches/scope";
import { ForbiddenError } from "@/lib/errors";
import { kindOfTemplate } from "../bill-mail";
import { type ArchivedMail, type ArchivedMailKey, findArchivedMail } from "./mail-archive";
import type { PreviewedMail } from "./preview-mail";

/** Batches that are looked through for the last mail of a template. */
const BATCHES_LOOKED_THROUGH = 200;
/** The same of mails about accounts. */
const MAILS_LOOKED_THROUGH = 1_000;

/**
 * The last mail really sent that a preview can be laid beside: of the same bill, else of the same customer,
 * else of its template, company and language. Its recipient is masked. Null where none was sent, or not lately.
 * @throws {ForbiddenError} for a role that may not preview
 */
export async function findLastSentMail(
  ctx: Context<StaffActor>,
  preview: PreviewedMail,
): Promise<ArchivedMail | null> {
  return await inTransaction(ctx, async (tx) => {
    if (!mayPreviewMails(tx.actor)) {
      throw new ForbiddenError("previewing e-mails");
    }
    const key = kindOfTemplate(preview.template)
      ? await lastOfDocuments(tx, preview)
      : await lastOfAccounts(tx, preview);
    const mail = key && (await findArchivedMail(tx, key));
    return mail && { ...mail, to: maskEmail(mail.to) };
  });
}

async function lastOfDocuments(
  { db }: TxContext<StaffActor>,
  { companyId, template, language, documentId, contractId, of }: PreviewedMail,
): Promise<ArchivedMailKey | null> {
  const [last] = await db.execute<{ documentId: string; batchId: string }>(
    of === "sample"
      ? sql`
        select s.document_id as "documentId", s.batch_id as "batchId"
        from (
          select id from dispatch_batches where company_id = ${companyId} and state = 'accepted'
          order by id desc limit ${BATCHES_LOOKED_THROUGH}
        ) b
        join dispatches s on s.company_id = ${companyId} and s.batch_id = b.id
          and s.accepted_at is not null
        join dispatch_mails m on m.company_id = s.company_id and m.contract_id = s.contract_id
          and m.document_id = s.document_id and m.batch_id = b.id
        join mail_forms f on f.digest = m.form and f.template = ${template} and f.language = ${language}
        order by b.id desc limit 1`
      : sql`
        select s.document_id as "documentId", m.batch_id as "batchId"
        from dispatches s
        join dispatch_mails m on m.company_id = s.company_id and m.contract_id = s.contract_id
          and m.document_id = s.document_id
        join mail_forms f on f.digest = m.form and f.template = ${template}
        join documents d on d.company_id = s.company_id and d.contract_id = s.contract_id
          and d.id = s.document_id
        join contracts c on c.company_id = d.company_id and c.id = d.contract_id
        where s.company_id = ${companyId}
          and ${
            // R5: what a former holder got is not what this customer gets.
            of === "customer"
              ? sql`s.contract_id = ${contractId} and d.holder_id = c.holder_id`
              : sql`s.document_id = ${documentId}`
          }
          and ${WAS_TAKEN}
        order by m.frozen_at desc limit 1`,
  );
  return last ?? null;
}

async function lastOfAccounts(
  { db }: TxContext<StaffActor>,
  { companyId, template, language, accountId, of }: PreviewedMail,
): Promise<ArchivedMailKey | null> {
  const [last] = await db.execute<{ mailId: string }>(sql`
    select id as "mailId" from (
      select * from account_mails where template = ${template} and company_id = ${companyId}
      ${of === "customer" ? sql`and account_id = ${accountId}` : sql``}
      order by created_at desc limit ${MAILS_LOOKED_THROUGH}
    ) m
    where state = 'sent' and content is not null
      and ${of === "customer" ? sql`account_id = ${accountId}` : sql`language = ${language}`}
    order by created_at desc limit 1`);
  return last ?? null;
}
