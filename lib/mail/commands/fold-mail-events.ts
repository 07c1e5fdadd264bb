import { sql } from "drizzle-orm";
import type { SystemActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
import type { ReceivedEvent } from "@/lib/dispatches/commands/fold-events";
import { suspendAddress } from "@/lib/dispatches/commands/suspend-address";
import { foldOutcome, unreachableBy } from "@/lib/dispatches/rules";

interface SentMail extends Record<string, unknown> {
  id: string;
  toEmail: string;
  outcome: string | null;
}

/**
 * Folds events into the mails about accounts that they are about, in the caller's transaction (R18). A
 * mailbox that refuses those refuses bills as well: its address is suspended (R19).
 */
export async function foldMailEvents(
  tx: TxContext<SystemActor>,
  events: ReceivedEvent[],
): Promise<void> {
  const about = events.filter(({ mailId }) => mailId !== null);
  if (about.length === 0) {
    return;
  }
  const rows = about.map((event) => ({
    provider_event_id: event.id,
    mail_id: event.mailId,
    company_id: event.companyId,
    type: event.type,
    occurred_at: event.occurredAt,
    detail: event.detail,
  }));
  const mails = await tx.db.execute<SentMail>(sql`
    select m.id, m.to_email as "toEmail", m.outcome from account_mails m
    where (m.id, m.company_id) in (
      select e.mail_id, e.company_id from json_to_recordset(${JSON.stringify(rows)}::json)
        as e(mail_id uuid, company_id smallint))
    order by m.id for update`);
  const added = await tx.db.execute<{ id: string }>(sql`
    insert into account_mail_events (provider_event_id, mail_id, type, occurred_at, detail)
    select e.provider_event_id, e.mail_id, e.type, e.occurred_at, e.detail
    from json_to_recordset(${JSON.stringify(rows)}::json) as e(provider_event_id text, mail_id uuid,
      company_id smallint, type text, occurred_at timestamptz, detail jsonb)
    join account_mails m on m.id = e.mail_id and m.company_id = e.company_id
    on conflict do nothing
    returning provider_event_id as id`);
  const fresh = new Set(added.map(({ id }) => id));
  for (const mail of mails) {
    for (const event of about.filter(({ id, mailId }) => mailId === mail.id && fresh.has(id))) {
      const reason = unreachableBy([event]);
      if (reason) {
        await suspendAddress(tx, mail.toEmail, { reason, at: event.occurredAt });
      }
    }
  }
  const outcomes = mails.map(({ id, outcome }) => ({
    id,
    outcome: foldOutcome(
      outcome,
      about.filter(({ mailId }) => mailId === id).map(({ type }) => type),
    ),
  }));
  await tx.db.execute(sql`
    update account_mails m set outcome = folded.outcome
    from json_to_recordset(${JSON.stringify(outcomes)}::json) as folded(id uuid, outcome text)
    where m.id = folded.id and m.outcome is distinct from folded.outcome`);
}
