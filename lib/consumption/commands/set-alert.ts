import { and, eq, ne } from "drizzle-orm";
import { consumptionAlerts, contracts } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { CustomerActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { visibleContracts } from "@/lib/contracts/scope";
import { NotFoundError } from "@/lib/errors";

/**
 * Has the actor told by mail of unusual consumption of a contract from so many per cent on, or not any more
 * with null. The same again changes nothing.
 * @throws {NotFoundError} for a contract that is not in their account (R28)
 */
export async function setAlert(
  ctx: Context<CustomerActor>,
  { contractId, thresholdPercent }: { contractId: string; thresholdPercent: number | null },
): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const { db, actor } = tx;
    const [contract] = await db
      .select({ companyId: contracts.companyId })
      .from(contracts)
      .where(and(eq(contracts.id, contractId), visibleContracts(actor)));
    if (!contract) {
      throw new NotFoundError("contract");
    }
    const key = { companyId: contract.companyId, contractId, accountId: actor.accountId };
    const own = and(
      eq(consumptionAlerts.companyId, key.companyId),
      eq(consumptionAlerts.contractId, contractId),
      eq(consumptionAlerts.accountId, actor.accountId),
    );
    const changed =
      thresholdPercent === null
        ? await db
            .delete(consumptionAlerts)
            .where(own)
            .returning({ id: consumptionAlerts.contractId })
        : await db
            .insert(consumptionAlerts)
            .values({ ...key, thresholdPercent })
            .onConflictDoUpdate({
              target: [
                consumptionAlerts.companyId,
                consumptionAlerts.contractId,
                consumptionAlerts.accountId,
              ],
              set: { thresholdPercent },
              setWhere: ne(consumptionAlerts.thresholdPercent, thresholdPercent),
            })
            .returning({ id: consumptionAlerts.contractId });
    if (changed.length > 0) {
      await recordAudit(tx, {
        action: "set_alert",
        subjectKind: "contract",
        subjectId: contractId,
        companyId: key.companyId,
        detail: { thresholdPercent },
      });
    }
  });
}
