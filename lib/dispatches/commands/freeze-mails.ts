import { createHash } from "node:crypto";
import { sql } from "drizzle-orm";
import type { BillMailProps } from "@/emails/parts/bill-mail";
import type { SystemActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
import { keptFacts, type MailForm, mailForm } from "@/lib/mail/bill-mail";
import { bytesOfMails } from "@/lib/mail/bill-mail-bytes";
import type { Sender } from "@/lib/mail/resend";
import { type BillMailRow, billMailProps } from "../bill-mail-row";

/** A member of a batch with all its mail tells, in its place. */
export interface BatchMember extends BillMailRow {
  contractId: string;
  documentId: string;
  dispatchId: string;
  email: string;
}

/** What stands of a mail, once frozen. */
export interface FrozenMail {
  contractId: string;
  documentId: string;
  dispatchId: string;
  email: string;
  form: MailForm;
  facts: string[];
}

export interface BatchKey {
  companyId: number;
  id: string;
}

/** Forms and facts of a batch's members, in their order. */
export async function mailsOf(members: readonly BatchMember[]): Promise<FrozenMail[]> {
  const props = members.map(billMailProps);
  const forms = await Promise.all(props.map(({ shape }) => mailForm(shape)));
  return members.map(({ contractId, documentId, dispatchId, email }, place) => ({
    contractId,
    documentId,
    dispatchId,
    email,
    form: forms[place] as MailForm,
    facts: keptFacts((props[place] as BillMailProps).facts),
  }));
}

/** The bytes that a batch's mails are: always the same ones from the same forms and facts (R17). */
export const bytesOfBatch = (
  { companyId, id }: BatchKey,
  sender: Sender,
  mails: readonly FrozenMail[],
): Buffer =>
  bytesOfMails(
    { batchId: id, company: companyId, sender },
    mails.map(({ email, ...mail }) => ({ ...mail, to: email })),
  );

/** Proves that the bytes of a later attempt are those of the first. */
export const digestOf = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

/**
 * Writes down what each mail of a batch says, in the caller's transaction and before its first attempt:
 * every attempt sends just this, and the archive shows it.
 */
export async function keepMails(
  tx: TxContext<SystemActor>,
  { companyId, id }: BatchKey,
  mails: readonly FrozenMail[],
): Promise<void> {
  const rows = mails.map(({ contractId, documentId, email, form, facts }) => ({
    contract_id: contractId,
    document_id: documentId,
    email,
    form: form.digest,
    facts,
  }));
  const forms = new Map(mails.map(({ form }) => [form.digest, form]));
  const [known] = await tx.db.execute<{ forms: number }>(sql`
    with kept as (
      insert into dispatch_mails (company_id, contract_id, document_id, batch_id, email, form, facts)
      select ${companyId}, r.contract_id, r.document_id, ${id}, r.email, r.form, r.facts
      from json_to_recordset(${JSON.stringify(rows)}::json)
        as r(contract_id uuid, document_id uuid, email text, form text, facts json)
    )
    select count(*)::int as forms from mail_forms
    where digest in (select json_array_elements_text(${JSON.stringify([...forms.keys()])}::json))`);
  if (known?.forms !== forms.size) {
    await keepForms(tx, [...forms.values()]);
  }
}

async function keepForms({ db }: TxContext<SystemActor>, forms: MailForm[]): Promise<void> {
  await db.execute(sql`
    insert into mail_forms (digest, template, language, subject, preheader, html, text)
    select f.digest, f.template, f.language, f.subject, f.preheader, f.html, f.text
    from json_to_recordset(${JSON.stringify(forms)}::json)
      as f(digest text, template text, language text, subject text, preheader text, html text, text text)
    order by f.digest
    on conflict do nothing`);
}
