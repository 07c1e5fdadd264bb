import { sql } from "drizzle-orm";
import type { SystemActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
import type { MailForm } from "@/lib/mail/bill-mail";
import type { BatchKey, FrozenMail } from "./freeze-mails";

/** A frozen mail, and whether its dispatch is no longer to be sent with the batch. */
export interface KeptMail extends FrozenMail {
  left: boolean;
}

/**
 * The mails of a frozen batch as they were written down, in their order, with their dispatches held. One
 * that left the batch before its first attempt is told by `left`, or has gone (R7, R21).
 */
export async function frozenMails(
  { db }: TxContext<SystemActor>,
  { companyId, id, members }: BatchKey & { members: number },
): Promise<KeptMail[]> {
  const rows = await db.execute<
    Record<string, unknown> & Omit<KeptMail, "form"> & { form: string }
  >(
    sql`select d.contract_id as "contractId", d.document_id as "documentId", d.id as "dispatchId",
        m.email, m.form, m.facts, d.state <> 'batched' as left
      from dispatches d
      join dispatch_mails m on m.company_id = d.company_id and m.contract_id = d.contract_id
        and m.document_id = d.document_id and m.batch_id = d.batch_id
      where d.company_id = ${companyId} and d.batch_id = ${id}
      order by d.position for update of d`,
  );
  const forms = await db.execute<Record<string, unknown> & MailForm>(sql`
    select digest, template, language, subject, preheader, html, text from mail_forms
    where digest in (select json_array_elements_text(${JSON.stringify([...new Set(rows.map(({ form }) => form))])}::json))`);
  const byDigest = new Map(forms.map((form) => [form.digest, form]));
  const mails = rows.flatMap((row) => {
    const form = byDigest.get(row.form);
    return form ? [{ ...row, form }] : [];
  });
  const gone = members - mails.length;
  return gone > 0 ? mails.map((mail) => ({ ...mail, left: true })) : mails;
}
