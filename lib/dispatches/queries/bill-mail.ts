import { type SQL, sql } from "drizzle-orm";
import { validate as isUuid } from "uuid";
import type { BillMailProps } from "@/emails/parts/bill-mail";
import type { StaffActor, SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { ForbiddenError } from "@/lib/errors";
import type { Language } from "@/lib/i18n/languages";
import { RESTORED } from "@/lib/mail/commands/hold";
import { maySend } from "@/lib/mail/commands/pause";
import {
  type BillMailRow,
  billMailProps,
  COMPANY_FACTS,
  DOCUMENT_FACTS,
  PAYING_MANDATE,
} from "../bill-mail-row";
import { mayPreviewMails } from "../rules";
import { visibleDispatches } from "../scope";

/**
 * A bill's mail as it would be sent now, for staff: in the language asked for, else the dispatch's,
 * else the holder's. `bill` is its id or its number in the company; a withdrawn one goes by its id.
 * Null when there is none.
 * @throws ForbiddenError for a role that may not preview.
 */
export async function findBillMail(
  ctx: Context<StaffActor | SystemActor>,
  { companyId, bill, language }: { companyId: number; bill: string; language: Language | null },
): Promise<{ props: BillMailProps; documentId: string } | null> {
  return await inTransaction(ctx, async (tx) => {
    if (tx.actor.kind !== "system" && !mayPreviewMails(tx.actor)) {
      throw new ForbiddenError("previewing e-mails");
    }
    const row = await billMailRow(
      tx,
      isUuid(bill)
        ? sql`d.company_id = ${companyId} and d.id = ${bill}`
        : sql`d.company_id = ${companyId} and d.bill_number = ${bill} and d.withdrawn_at is null`,
    );
    return row
      ? {
          props: billMailProps({ ...row, language: language ?? row.language }),
          documentId: row.document.id,
        }
      : null;
  });
}

/** What the mail of the one bill `d` that is meant tells; in the language it is, or would be, sent in. */
async function billMailRow(
  { db, actor }: TxContext<StaffActor | SystemActor>,
  which: SQL,
): Promise<BillMailRow | null> {
  const [row] = await db.execute<Record<string, unknown> & BillMailRow>(sql`
    select ${COMPANY_FACTS} as company, ${DOCUMENT_FACTS} as document, ${PAYING_MANDATE} as mandate,
      h.name as "holderName", coalesce(s.language, h.language) as language
    from documents d
    join companies co on co.id = d.company_id
    join holders h on h.id = d.holder_id
    left join dispatches s on s.company_id = d.company_id and s.contract_id = d.contract_id
      and s.document_id = d.id
    where ${which} and ${visibleDispatches(actor) ?? sql`true`}
    limit 1`);
  return row ?? null;
}

/**
 * Milliseconds until a batch or mail that waits may be tried again, or a pause be probed, on the database's
 * clock; null where nothing waits.
 */
export async function msUntilWork({ db }: Context<SystemActor>): Promise<number | null> {
  const [next] = await db.execute<{ ms: number | null }>(sql`
    select (extract(epoch from min(at) - clock_timestamp()) * 1000)::float8 as ms
    from (
      select coalesce(b.lease_until, clock_timestamp()) as at from dispatch_batches b
      where b.state = 'frozen' and ${maySend(sql`b.company_id`, null)}
      union all
      select coalesce(m.lease_until, clock_timestamp()) from account_mails m
      where m.state = 'queued' and ${maySend(sql`m.company_id`, null)}
      union all
      select probe_at from sending_pauses where ended_at is null and reason <> ${RESTORED}
    ) waiting`);
  return next?.ms ?? null;
}
