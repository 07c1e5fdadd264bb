import { sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
import { mailDigests } from "@/lib/auth/token";
import { fillForm, kindOfTemplate } from "@/lib/mail/bill-mail";
import type { Sender } from "@/lib/mail/resend";
import { type BatchKey, bytesOfBatch, digestOf, type FrozenMail, keepMails } from "./freeze-mails";

/** Why a bill was not sent, where nobody knows whether a lost mail was its own: staff decide. */
export const PERHAPS_SENT = "perhaps_sent_before_restore";

interface Adopted extends Record<string, unknown> {
  place: number;
  providerId: string;
}

/**
 * After a restore (R17): members of a claim whose very mail, by address and subject, the provider took before. With
 * amount and due date in the subject it was theirs: they take it over as sent, and the provider is asked later what
 * became of it. Where the subject has less (credit notes, notices), staff decide. The others are queued again.
 * @returns whether there were any, and the claim is undone
 */
export async function adoptSentMails(
  tx: TxContext<SystemActor>,
  claimed: BatchKey,
  { sender, mails }: { sender: Sender; mails: readonly FrozenMail[] },
): Promise<boolean> {
  const adopted = await takeOver(tx, mails);
  if (adopted.length === 0) {
    return false;
  }
  const { companyId } = claimed;
  const sure = adopted.filter(({ place }) => tellsAll(mails[place]));
  const doubtful = adopted.filter(({ place }) => !tellsAll(mails[place]));
  await undoClaim(tx, claimed);
  const batch = { companyId, id: uuidv7() };
  const own = sure.map(({ place }) => mails[place] as FrozenMail);
  const rows = sure.map(({ place, providerId }, position) => ({
    id: mails[place]?.dispatchId,
    provider_id: providerId,
    position,
  }));
  if (own.length > 0) {
    await keepMails(tx, batch, own);
    await tx.db.execute(sql`
      insert into dispatch_batches (company_id, id, state, members, sender, digest, finished_at, failure)
      values (${companyId}, ${batch.id}, 'accepted', ${own.length}, ${JSON.stringify(sender)}::jsonb,
        ${digestOf(bytesOfBatch(batch, sender, own))}, clock_timestamp(), 'sent_before_restore')`);
    await tx.db.execute(sql`
      update dispatches d set state = 'accepted', batch_id = ${batch.id}, position = r.position,
        provider_id = r.provider_id, accepted_at = s.sent_at
      from json_to_recordset(${JSON.stringify(rows)}::json) as r(id uuid, provider_id text, position int)
      join sent_before_restore s on s.provider_id = r.provider_id
      where d.company_id = ${companyId} and d.id = r.id`);
  }
  const asked = JSON.stringify(doubtful.map(({ place }) => ({ id: mails[place]?.dispatchId })));
  await tx.db.execute(sql`
    update dispatches d set state = 'failed', failure = ${PERHAPS_SENT}
    from json_to_recordset(${asked}::json) as r(id uuid)
    where d.company_id = ${companyId} and d.id = r.id`);
  await recordAudit(tx, {
    action: "adopted_sent_mails",
    subjectKind: "dispatch_batch",
    subjectId: batch.id,
    companyId,
    detail: { adopted: sure.length, doubtful: doubtful.length },
  });
  return true;
}

/** Each lost mail is of one bill: two bills that look alike take two. */
async function takeOver({ db }: TxContext<SystemActor>, mails: readonly FrozenMail[]) {
  const looks = mails.flatMap(({ email, form, facts, dispatchId: id }, place) =>
    mailDigests(email, fillForm(form, facts).subject).map((digest) => ({ place, id, digest })),
  );
  return await db.execute<Adopted>(sql`
    with wanted as materialized (
      select w.*, row_number() over (partition by w.digest order by w.place) as nth
      from json_to_recordset(${JSON.stringify(looks)}::json) as w(place int, id uuid, digest text)
    ), free as materialized (
      select s.provider_id, s.digest, row_number() over (partition by s.digest order by s.sent_at) as nth
      from (select * from sent_before_restore s
        where s.dispatch_id is null and s.digest in (select digest from wanted) for update) s
    )
    update sent_before_restore s set dispatch_id = w.id
    from free f join wanted w on w.digest = f.digest and w.nth = f.nth
    where s.provider_id = f.provider_id
    returning w.place, s.provider_id as "providerId"`);
}

const tellsAll = (mail: FrozenMail | undefined): boolean => {
  const kind = mail ? kindOfTemplate(mail.form.template) : null;
  return kind === "bill" || kind === "closing_bill";
};

/** Nothing of the claim was written down yet but on its dispatches. */
async function undoClaim({ db }: TxContext<SystemActor>, { companyId, id }: BatchKey) {
  await db.execute(sql`
    update dispatches set state = 'queued', batch_id = null, position = null
    where company_id = ${companyId} and batch_id = ${id} and state = 'batched'`);
}
