import { sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import {
  type BillMailRow,
  COMPANY_FACTS,
  DOCUMENT_FACTS,
  PAYING_MANDATE,
} from "@/lib/dispatches/bill-mail-row";
import { type BatchMember, bytesOfBatch, mailsOf } from "@/lib/dispatches/commands/freeze-mails";
import { senderOf } from "@/lib/mail/resend";
import type { BenchDatabase } from "./database";
import { median } from "./report";

const BATCH = 100;
const BATCHES = 200;
const ROUNDS = 5;

/**
 * What of sending is rendering: milliseconds for a thousand mails from their rows to the bytes that are
 * posted, by the functions that freeze a batch and with nothing else running. The form is rendered in it
 * once, as in a worker that has just begun.
 */
export async function renderingMs({ worker }: BenchDatabase): Promise<number> {
  const found = await worker.db.execute<Record<string, unknown> & BatchMember>(sql`
    select ${COMPANY_FACTS} as company, s.contract_id as "contractId", s.document_id as "documentId",
      s.id as "dispatchId", s.email, s.language, h.name as "holderName", ${DOCUMENT_FACTS} as document,
      ${PAYING_MANDATE} as mandate
    from dispatches s
    join companies co on co.id = s.company_id
    join documents d on d.company_id = s.company_id and d.contract_id = s.contract_id
      and d.id = s.document_id
    join holders h on h.id = d.holder_id
    where s.state = 'queued' order by s.id limit ${BATCH * BATCHES}`);
  const [first] = found;
  if (!first || found.length < BATCH) {
    throw new Error("there are no mails to render");
  }
  // As a claim has them: the company comes once for a batch.
  const rows = found.map((row) => ({ ...row, company: first.company }));
  const sender = senderOf(first.company as BillMailRow["company"]);
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    for (let at = 0; at + BATCH <= rows.length; at += BATCH) {
      const mails = await mailsOf(rows.slice(at, at + BATCH));
      bytesOfBatch({ companyId: first.company.id, id: uuidv7() }, sender, mails);
    }
    const mails = rows.length - (rows.length % BATCH);
    rounds.push(((performance.now() - start) / mails) * 1000);
  }
  return median(rounds);
}
