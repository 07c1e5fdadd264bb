import { Agent, request } from "undici";
import { v7 as uuidv7 } from "uuid";
import type { Connection } from "@/db/client";
import { billMailProps } from "@/lib/dispatches/bill-mail-row";
import { fillForm, keptFacts, type MailForm, mailForm } from "@/lib/mail/bill-mail";

/**
 * The limit of sending: nothing but the durable steps. Each lane claims a hundred dispatches, so that no
 * other sends them, fills a hundred bodies from a form that was rendered once, posts them with undici, and
 * marks them; two transactions a batch. It freezes no bytes, keeps no archive, has no lease, asks for no
 * suspension, pause or pace, and could neither retry nor prove what it sent.
 */
export async function bareLoop(
  { sql }: Connection,
  providerUrl: string,
  lanes: number,
): Promise<number> {
  const agent = new Agent({ connections: lanes });
  let sent = 0;
  async function lane(): Promise<void> {
    for (;;) {
      const batchId = uuidv7();
      const rows = await sql<ClaimedRow[]>`
        with claimed as (
          update dispatches d set state = 'batched', batch_id = ${batchId}
          where (d.company_id, d.contract_id, d.document_id) in (
            select company_id, contract_id, document_id from dispatches
            where state = 'queued' order by company_id, id limit 100 for update skip locked)
          returning d.*
        )
        select c.company_id, c.id, c.email, c.language, h.name as holder, d.id as document, d.bill_number,
          d.contract_number, d.supply_point, d.supply_address, d.total_cents, d.due_date::text,
          d.period_from::text, d.period_to::text, m.reference, m.creditor_id
        from claimed c
        join documents d on d.company_id = c.company_id and d.contract_id = c.contract_id
          and d.id = c.document_id
        join holders h on h.id = d.holder_id
        left join lateral paying_mandate(d.company_id, d.contract_id, d.holder_id, d.issue_date,
          d.due_date) m on true`;
      if (rows.length === 0) {
        return;
      }
      const body = JSON.stringify(await Promise.all(rows.map((row) => mailOf(row, batchId))));
      const answer = await request(`${providerUrl}/emails/batch`, {
        method: "POST",
        dispatcher: agent,
        headers: {
          "content-type": "application/json",
          authorization: "Bearer re_faults",
          "idempotency-key": batchId,
          "x-batch-validation": "permissive",
        },
        body,
      });
      const { data } = (await answer.body.json()) as { data: { id: string }[] };
      const marks = rows.map(({ id }, at) => ({ id, provider_id: data[at]?.id }));
      await sql`update dispatches d set state = 'accepted', provider_id = m.provider_id, accepted_at = now()
        from json_to_recordset(${sql.json(marks as never)}::json) as m(id uuid, provider_id text)
        where d.company_id = ${rows[0]?.company_id ?? 0} and d.id = m.id`;
      sent += rows.length;
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane));
  await agent.close();
  return sent;
}

interface ClaimedRow {
  company_id: number;
  id: string;
  email: string;
  language: "it";
  holder: string;
  document: string;
  bill_number: string;
  contract_number: string;
  supply_point: string;
  supply_address: string;
  total_cents: number;
  due_date: string;
  period_from: string;
  period_to: string;
  reference: string | null;
  creditor_id: string | null;
}

const COMPANY = {
  id: 1,
  name: "Bench Energia",
  slug: "bench",
  accentColor: "#0b5a68",
  supportPhone: "800 000 000",
  senderEmail: "bollette@bench.example",
  replyToEmail: null,
};

let form: Promise<MailForm> | undefined;

async function mailOf(row: ClaimedRow, batchId: string): Promise<object> {
  const { shape, facts } = billMailProps({
    company: COMPANY,
    holderName: row.holder,
    language: row.language,
    mandate: row.reference ? { reference: row.reference, creditorId: row.creditor_id ?? "" } : null,
    document: {
      id: row.document,
      kind: "bill",
      commodity: "electricity",
      billNumber: row.bill_number,
      contractNumber: row.contract_number,
      supplyPoint: row.supply_point,
      supplyAddress: row.supply_address,
      totalCents: row.total_cents,
      dueDate: row.due_date,
      periodFrom: row.period_from,
      periodTo: row.period_to,
      paymentStatus: "open",
    },
  });
  form ??= mailForm(shape);
  const { subject, html, text } = fillForm(await form, keptFacts(facts));
  return {
    from: "Bench Energia <bollette@bench.example>",
    to: [row.email],
    subject,
    html,
    text,
    tags: [
      { name: "dispatch", value: row.id },
      { name: "batch", value: batchId },
      { name: "company", value: String(row.company_id) },
    ],
  };
}
