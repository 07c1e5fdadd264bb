import { createHash } from "node:crypto";
import { sql } from "drizzle-orm";
import type { SystemActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
import { fillForm, keptFacts, type MailForm, mailForm } from "@/lib/mail/bill-mail";
import type { RenderedMail } from "@/lib/mail/rendered-mail";
import { type MailRequest, mailRequest, type Sender } from "@/lib/mail/resend";
import { type BillMailRow, newBillProps } from "../bill-mail-row";

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
  /** Of the document. */
  kind: string;
  form: MailForm;
  facts: string[];
}

export interface BatchKey {
  companyId: number;
  id: string;
}

/** Forms and facts of a batch's members, in their order. */
export async function mailsOf(members: readonly BatchMember[]): Promise<FrozenMail[]> {
  return await Promise.all(
    members.map(async (member) => {
      const { shape, facts } = newBillProps(member);
      const { contractId, documentId, dispatchId, email } = member;
      return {
        ...{ contractId, documentId, dispatchId, email, kind: shape.kind },
        form: await mailForm(shape),
        facts: keptFacts(facts),
      };
    }),
  );
}

/** The requests that a batch's mails are: always the same ones from the same forms and facts (R17). */
export function requestsOf(
  { companyId, id }: BatchKey,
  sender: Sender,
  mails: readonly FrozenMail[],
): MailRequest[] {
  return mails.map(({ dispatchId, email, kind, form, facts }) => {
    const mail: RenderedMail = fillForm(form, facts);
    return mailRequest({
      ...{ sender, mail, kind },
      to: email,
      entity: dispatchId,
      company: companyId,
      tags: { dispatch: dispatchId, batch: id },
    });
  });
}

/** SHA-256 over all that the requests say, in order: it proves that they are the same (R17). */
export function digestOf(requests: readonly MailRequest[]): string {
  const hash = createHash("sha256");
  for (const { from, replyTo, to, subject, html, text, headers, tags } of requests) {
    hash.update(JSON.stringify([from, replyTo, to, subject, headers, tags]));
    hash.update(html).update("\0").update(text).update("\0");
  }
  return hash.digest("hex");
}

/**
 * Writes down what each mail of a batch says, in the caller's transaction and before its first attempt:
 * every attempt sends just this, and the archive shows it.
 */
export async function keepMails(
  tx: TxContext<SystemActor>,
  { companyId, id }: BatchKey,
  mails: readonly FrozenMail[],
): Promise<void> {
  await keepForms(tx, mails);
  const rows = mails.map(({ contractId, documentId, email, form, facts }) => ({
    contract_id: contractId,
    document_id: documentId,
    email,
    form: form.digest,
    facts,
  }));
  await tx.db.execute(sql`
    insert into dispatch_mails (company_id, contract_id, document_id, batch_id, email, form, facts)
    select ${companyId}, r.contract_id, r.document_id, ${id}, r.email, r.form, r.facts
    from json_to_recordset(${JSON.stringify(rows)}::json)
      as r(contract_id uuid, document_id uuid, email text, form text, facts jsonb)`);
}

async function keepForms({ db }: TxContext<SystemActor>, mails: readonly FrozenMail[]) {
  const forms = new Map(mails.map(({ form }) => [form.digest, form]));
  await db.execute(sql`
    insert into mail_forms (digest, template, language, subject, preheader, html, text)
    select f.digest, f.template, f.language, f.subject, f.preheader, f.html, f.text
    from json_to_recordset(${JSON.stringify([...forms.values()])}::json)
      as f(digest text, template text, language text, subject text, preheader text, html text, text text)
    order by f.digest
    on conflict do nothing`);
}
