import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { accounts, companies, contracts, holders, mandateRequests } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { visibleRequests } from "../scope";

/** A request as the back office gets it: with the whole IBAN. */
export interface ExportedRequest {
  contractNumber: string;
  customerCode: string;
  holderName: string;
  taxId: string;
  debtor: string;
  iban: string;
  requestedAt: Date;
  requestId: string;
}

interface ExportChoice {
  /** Slug; without it every company. */
  company?: string;
  /** Those that were exported before, too. */
  all?: boolean;
  /** Writes them away; what it throws undoes the export. */
  write: (requests: ExportedRequest[]) => Promise<void>;
}

/**
 * Hands the requests for mandates to the back office and marks them, so that two exports at once or
 * one after the other write each of them once. A process that ends between writing and marking
 * leaves them to be written again, under the same request id: none is lost. Left out is what was
 * asked for by an account that is gone, or for a contract that changed hands (R5, R7).
 */
export async function exportMandateRequests(
  ctx: Context<SystemActor>,
  { company, all = false, write }: ExportChoice,
): Promise<{ requests: number }> {
  return await inTransaction(ctx, async (tx) => {
    const { db, actor } = tx;
    // Whoever exports at the same time waits here and then finds them marked.
    await db.execute(sql`select pg_advisory_xact_lock(hashtext('export_mandate_requests'))`);
    const rows = await db
      .select({
        contractNumber: contracts.contractNumber,
        customerCode: contracts.customerCode,
        holderName: holders.name,
        taxId: holders.taxId,
        debtor: mandateRequests.debtor,
        iban: mandateRequests.iban,
        requestedAt: mandateRequests.requestedAt,
        requestId: mandateRequests.id,
      })
      .from(mandateRequests)
      .innerJoin(companies, eq(companies.id, mandateRequests.companyId))
      .innerJoin(
        contracts,
        and(
          eq(contracts.companyId, mandateRequests.companyId),
          eq(contracts.id, mandateRequests.contractId),
          eq(contracts.holderId, mandateRequests.holderId),
        ),
      )
      .innerJoin(holders, eq(holders.id, mandateRequests.holderId))
      .innerJoin(
        accounts,
        and(eq(accounts.id, mandateRequests.accountId), isNull(accounts.deletedAt)),
      )
      .where(
        and(
          visibleRequests(actor),
          company === undefined ? undefined : eq(companies.slug, company),
          all ? undefined : isNull(mandateRequests.exportedAt),
        ),
      )
      .orderBy(asc(mandateRequests.requestedAt), asc(mandateRequests.id));
    const ids = rows.map(({ requestId }) => requestId);
    if (ids.length > 0) {
      await db
        .update(mandateRequests)
        .set({ exportedAt: sql`clock_timestamp()` })
        .where(
          and(
            visibleRequests(actor),
            sql`${mandateRequests.id} = any(${sql.param(ids)}::uuid[])`,
            isNull(mandateRequests.exportedAt),
          ),
        );
      await recordAudit(tx, {
        action: "exported_mandate_requests",
        subjectKind: "mandate_request",
        detail: { requests: ids.length, company: company ?? null, again: all },
      });
    }
    await write(rows);
    return { requests: rows.length };
  });
}
