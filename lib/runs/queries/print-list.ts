import { sql } from "drizzle-orm";
import { type Context, inTransaction } from "@/lib/auth/context";
import { type RunActor, requireRunReader } from "../rules";
import { getRun, type RunReference } from "./run";

/** Rows that are fetched at once; memory stays flat however long the list is. */
const PAGE = 5_000;

/** What the print house prints, or will once the bill is there. */
export interface PrintRow {
  contractNumber: string;
  holderName: string;
  /** Null where the contract changed hands since: what it has now is another person's (R5). */
  billingAddress: string | null;
  /** Null while the run has no document of the contract. */
  billNumber: string | null;
  /** The PDF's place in the document storage; null without one. */
  document: string | null;
  /** The plan's reason for paper (R10), or why an electronic one turned to it (R19). */
  reason: string;
}

type Row = PrintRow & { contractId: string; documentId: string | null } & Record<string, unknown>;

/**
 * Everything of a run that goes on paper, page by page: planned so, or turned to paper since.
 * Withdrawn documents are not printed (R21); a contract that supplies no document any more is not
 * either, once the run is published. The holder is the document's own (R5).
 * @throws {NotFoundError} if there is no such run
 * @throws {ForbiddenError} for a role that may not see runs
 */
export async function* printRows(
  ctx: Context<RunActor>,
  reference: RunReference,
): AsyncGenerator<PrintRow> {
  requireRunReader(ctx.actor);
  const none = "00000000-0000-0000-0000-000000000000";
  let after: { contractId: string; documentId: string } | null = {
    contractId: none,
    documentId: none,
  };
  while (after !== null) {
    const from: { contractId: string; documentId: string } = after;
    const page: Row[] = await inTransaction(ctx, async (tx) => {
      const run = await getRun(tx, reference);
      const published = run.state === "published" || run.state === "closed";
      return [
        ...(await tx.db.execute<Row>(sql`
          select c.contract_number as "contractNumber", h.name as "holderName",
            case when h.id = c.holder_id then c.billing_address end as "billingAddress", d.bill_number as "billNumber",
            d.storage_key as document,
            case when p.mode = 'electronic' then s.failure else p.reason end as reason,
            p.contract_id as "contractId", d.id as "documentId"
          from delivery_plans p
          join contracts c on c.company_id = p.company_id and c.id = p.contract_id
          left join documents d on d.company_id = p.company_id and d.run_id = p.run_id
            and d.contract_id = p.contract_id
          left join dispatches s on s.company_id = d.company_id and s.contract_id = d.contract_id
            and s.document_id = d.id
          join holders h on h.id = coalesce(d.holder_id, c.holder_id)
          where p.company_id = ${run.companyId} and p.run_id = ${run.id}
            and d.withdrawn_at is null
            and (p.mode = 'paper' or s.state = 'paper')
            and (d.id is not null or not ${published})
            and p.contract_id >= ${from.contractId}::uuid -- by the key's index; the next line alone is not
            and (p.contract_id, coalesce(d.id, ${none}))
              > (${from.contractId}::uuid, ${from.documentId}::uuid)
          order by p.contract_id, coalesce(d.id, ${none}) limit ${PAGE}`)),
      ];
    });
    for (const { contractId: _contract, documentId: _document, ...row } of page) {
      yield row;
    }
    const last: Row | undefined = page.length < PAGE ? undefined : page.at(-1);
    after = last ? { contractId: last.contractId, documentId: last.documentId ?? none } : null;
  }
}
