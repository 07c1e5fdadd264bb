import { and, desc, eq, gte, sql } from "drizzle-orm";
import { consumptionAlerts, consumptionFindings, contracts } from "@/db/schema";
import { type Context, inTransaction } from "@/lib/auth/context";
import { visibleContracts } from "@/lib/contracts/scope";
import type { ContractKey } from "../queries";
import type { Unusual } from "../statistics/unusual";

/** What was noticed longer ago is not shown any more. */
const SHOWN_DAYS = 90;
const MOST_SHOWN = 5;

/** Whether the actor is told of a contract's unusual consumption, and what was noticed of it lately. */
export interface AlertState {
  /** Null: they are not told. */
  thresholdPercent: number | null;
  /** The last day that was looked at for them; null before the first look. */
  lookedTo: string | null;
  findings: Unusual[];
}

/**
 * A contract's alert and findings, of the present holder's days (R5); of another customer's contract there is
 * neither (R28).
 */
export async function getAlertState(
  ctx: Context,
  { companyId, contractId }: ContractKey,
): Promise<AlertState> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    const accountId = actor.kind === "customer" ? actor.accountId : null;
    const rows = await db
      .select({
        thresholdPercent: consumptionAlerts.thresholdPercent,
        lookedTo: consumptionAlerts.lookedTo,
        kind: consumptionFindings.kind,
        fromDay: consumptionFindings.fromDay,
        toDay: consumptionFindings.toDay,
        measured: consumptionFindings.measured,
        usual: consumptionFindings.usual,
      })
      .from(contracts)
      .leftJoin(
        consumptionAlerts,
        and(
          eq(consumptionAlerts.companyId, contracts.companyId),
          eq(consumptionAlerts.contractId, contracts.id),
          sql`${consumptionAlerts.accountId} = ${accountId}::uuid`,
        ),
      )
      .leftJoin(
        consumptionFindings,
        and(
          eq(consumptionFindings.companyId, contracts.companyId),
          eq(consumptionFindings.contractId, contracts.id),
          gte(consumptionFindings.fromDay, contracts.heldSince),
          sql`${consumptionFindings.toDay} >= current_date - ${SHOWN_DAYS}::int`,
        ),
      )
      .where(
        and(
          eq(contracts.companyId, companyId),
          eq(contracts.id, contractId),
          visibleContracts(actor),
        ),
      )
      .orderBy(desc(consumptionFindings.toDay))
      .limit(MOST_SHOWN);
    return {
      thresholdPercent: rows[0]?.thresholdPercent ?? null,
      lookedTo: rows[0]?.lookedTo ?? null,
      findings: rows.flatMap(({ kind, fromDay, toDay, measured, usual }) =>
        kind && fromDay && toDay && measured !== null && usual !== null
          ? { kind, fromDay, toDay, measured, usual }
          : [],
      ),
    };
  });
}
