import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { accounts, companies, contracts, selfReadings } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { visibleSelfReadings } from "../scope";

/** A self-reading as the back office gets it. */
export interface ExportedReading {
  contractNumber: string;
  supplyPoint: string;
  meterSerial: string | null;
  commodity: string;
  readOn: string;
  countThousandths: number;
  doubt: string | null;
  submittedAt: Date;
  receiptCode: string;
}

interface ExportChoice {
  /** Slug; without it every company. */
  company?: string;
  /** Those that were exported before, too. */
  all?: boolean;
  /** Writes them away; what it throws undoes the export. */
  write: (readings: ExportedReading[]) => Promise<void>;
}

/**
 * Hands self-readings to the back office and marks them, so that two exports at once or one after the other
 * write each of them once. A process that ends between writing and marking leaves them to be written again,
 * under the same receipt: none is lost. Left out is what an account told that is gone (R7).
 */
export async function exportSelfReadings(
  ctx: Context<SystemActor>,
  { company, all = false, write }: ExportChoice,
): Promise<{ readings: number }> {
  return await inTransaction(ctx, async (tx) => {
    const { db, actor } = tx;
    // Whoever exports at the same time waits here and then finds them marked.
    await db.execute(sql`select pg_advisory_xact_lock(hashtext('export_self_readings'))`);
    const rows = await db
      .select({
        id: selfReadings.id,
        contractNumber: contracts.contractNumber,
        supplyPoint: contracts.supplyPoint,
        meterSerial: contracts.meterSerial,
        commodity: contracts.commodity,
        readOn: selfReadings.readOn,
        countThousandths: selfReadings.countThousandths,
        doubt: selfReadings.doubt,
        submittedAt: selfReadings.submittedAt,
        receiptCode: selfReadings.receiptCode,
      })
      .from(selfReadings)
      .innerJoin(companies, eq(companies.id, selfReadings.companyId))
      .innerJoin(
        contracts,
        and(
          eq(contracts.companyId, selfReadings.companyId),
          eq(contracts.id, selfReadings.contractId),
        ),
      )
      .innerJoin(accounts, and(eq(accounts.id, selfReadings.accountId), isNull(accounts.deletedAt)))
      .where(
        and(
          visibleSelfReadings(actor),
          company === undefined ? undefined : eq(companies.slug, company),
          all ? undefined : isNull(selfReadings.exportedAt),
        ),
      )
      .orderBy(asc(selfReadings.submittedAt), asc(selfReadings.id));
    await write(rows.map(({ id: _id, ...row }) => row));
    if (rows.length > 0) {
      await db
        .update(selfReadings)
        .set({ exportedAt: sql`clock_timestamp()` })
        .where(
          and(
            isNull(selfReadings.exportedAt),
            sql`${selfReadings.id} = any(${sql.param(rows.map(({ id }) => id))}::uuid[])`,
          ),
        );
      await recordAudit(tx, {
        action: "exported_self_readings",
        subjectKind: "self_readings",
        detail: { readings: rows.length },
      });
    }
    return { readings: rows.length };
  });
}
