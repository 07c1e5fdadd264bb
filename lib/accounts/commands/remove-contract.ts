import { and, eq, sql } from "drizzle-orm";
import { accounts, consumptionAlerts, contractLinks, deliveryChoices } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { CustomerActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { listDeliveries } from "@/lib/delivery/queries";
import { NotFoundError } from "@/lib/errors";
import { wakeSenders } from "@/lib/jobs/queue";
import { queueAccountMail } from "@/lib/mail/account-mails";
import { ownAccount, ownLinks } from "../scope";

/**
 * Takes a contract out of the actor's account (R5): its bills come on paper from the next freeze on, and so does
 * what was never attempted; the supply goes on. It can be added again.
 * @throws {NotFoundError} when the contract is not in the actor's account
 */
export async function removeContract(
  ctx: Context<CustomerActor>,
  { contractId }: { contractId: string },
): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const { db, actor } = tx;
    // In the order of a deletion: the account before runs and batches, the link at last.
    const [account] = await db
      .select({ email: accounts.email, language: accounts.language })
      .from(accounts)
      .where(ownAccount(actor))
      .for("update");
    const [delivery] = await listDeliveries(tx, { contractId });
    const link = and(ownLinks(actor), eq(contractLinks.contractId, contractId));
    const [linked] = await db
      .select({ companyId: contractLinks.companyId })
      .from(contractLinks)
      .where(link);
    if (!account || !delivery || !linked) {
      throw new NotFoundError("contract");
    }
    const { companyId } = linked;
    await db
      .insert(deliveryChoices)
      .values({ companyId, contractId, mode: "paper", origin: "removed" });
    const [row] = await db.execute<{ turned: number }>(
      sql`select turn_removed_to_paper(${contractId}::uuid) as turned`,
    );
    if ((row?.turned ?? 0) > 0) {
      await wakeSenders(tx);
    }
    await db
      .delete(consumptionAlerts)
      .where(
        and(
          eq(consumptionAlerts.companyId, companyId),
          eq(consumptionAlerts.contractId, contractId),
          eq(consumptionAlerts.accountId, actor.accountId),
        ),
      );
    await db
      .update(contractLinks)
      .set({ endedAt: sql`clock_timestamp()`, endedBecause: "removed" })
      .where(link);
    await recordAudit(tx, {
      action: "removed_contract",
      subjectKind: "contract",
      subjectId: contractId,
      companyId,
      detail: { dispatchesToPaper: row?.turned ?? 0 },
    });
    if (delivery.mode === "electronic" || delivery.nextMode === "electronic") {
      await queueAccountMail(tx, {
        template: "delivery-changed",
        companyId,
        accountId: actor.accountId,
        toEmail: account.email,
        language: account.language,
        params: {
          contractNumbers: delivery.contractNumber,
          mode: "paper",
          fromBill: delivery.fromBillOn ?? "closing",
        },
      });
    }
  });
}
