import { and, desc, eq, sql } from "drizzle-orm";
import { deliveryChoices } from "@/db/schema";
import { holdLinks } from "@/lib/accounts/commands/hold-links";
import type { CustomerActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { fail, NotFoundError, ok, type Result } from "@/lib/errors";
import { type Delivery, listDeliveries } from "../queries";
import { type DeliveryMode, isWish } from "../rules";
import { visibleChoices } from "../scope";
import { type AddedChoice, addChoices, type NewChoice } from "./add-choices";
import { askToConfirm, claimAddress } from "./confirm-address";

interface UndoneChoice {
  /** What the choice before says; paper when there was none. */
  mode: DeliveryMode;
  /** Day (Rome) of the first cut-off the undo reaches: the one that the undone choice would have. */
  fromCutOffOn: string;
  /** That day; null where the supply ends before it: only the closing bill comes (R15). */
  fromBillOn: string | null;
  /** Why the bill comes on paper though electronic is back, as far as is known; else null. */
  onPaper: AddedChoice["onPaper"];
  /** The dedicated address that has to be confirmed again (R8); null if there is none. */
  toConfirm: string | null;
}

type UndoCode = "nothing_to_undo" | "too_late" | "supply_ended" | "too_many_confirmations";

/** The undo was stamped after a cut-off that the choice was before: nothing of it may stay. */
class CutOffPassedError extends Error {
  override name = "CutOffPassedError";
}

/**
 * Takes back the actor's latest choice on a contract while no cut-off has passed since: adds the choice
 * before it once more, or that there was none (R10). An undo is not undone. Told and audited as a change.
 * @throws {NotFoundError} when the contract is not in the actor's account.
 */
export async function undoChoice(
  ctx: Context<CustomerActor>,
  { contractId }: { contractId: string },
): Promise<Result<UndoneChoice, UndoCode>> {
  try {
    return await inTransaction(ctx, (tx) => undo(tx, contractId));
  } catch (error) {
    if (error instanceof CutOffPassedError) {
      return fail("too_late");
    }
    throw error;
  }
}

async function undo(
  tx: TxContext<CustomerActor>,
  contractId: string,
): Promise<Result<UndoneChoice, UndoCode>> {
  await holdLinks(tx, [contractId]);
  const [delivery] = await listDeliveries(tx, { contractId });
  if (!delivery) {
    throw new NotFoundError("contract");
  }
  if (delivery.ended) {
    return fail("supply_ended");
  }
  const [last, before] = await lastTwo(tx, delivery);
  const own = last?.origin === "customer" && last.accountId === tx.actor.accountId;
  if (!last || !own || last.undoes !== null) {
    return fail("nothing_to_undo");
  }
  if (!delivery.canUndo) {
    return fail("too_late");
  }
  const restored = restoredChoice(last.id, before, tx.actor.email);
  const address = restored.email ? await claimAddress(tx, restored.email) : "confirmed";
  if (address === "refused") {
    return fail("too_many_confirmations");
  }
  const [added] = await addChoices(tx, [delivery], restored);
  if (!added) {
    throw new NotFoundError("contract");
  }
  await refuseIfPassed(tx, delivery, added.id);
  if (restored.email && address === "to_ask") {
    await askToConfirm(tx, [delivery], restored.email);
  }
  return ok({
    mode: restored.mode,
    fromCutOffOn: added.fromCutOffOn,
    fromBillOn: added.fromBillOn,
    onPaper: added.onPaper,
    toConfirm: address === "confirmed" ? null : restored.email,
  });
}

async function lastTwo(
  { db, actor }: TxContext<CustomerActor>,
  { companyId, contractId }: Delivery,
) {
  return await db
    .select({
      id: deliveryChoices.id,
      accountId: deliveryChoices.accountId,
      origin: deliveryChoices.origin,
      undoes: deliveryChoices.undoes,
      mode: deliveryChoices.mode,
      email: deliveryChoices.email,
      noticeVersion: deliveryChoices.noticeVersion,
    })
    .from(deliveryChoices)
    .where(
      and(
        eq(deliveryChoices.companyId, companyId),
        eq(deliveryChoices.contractId, contractId),
        visibleChoices(actor),
      ),
    )
    .orderBy(desc(deliveryChoices.chosenAt), desc(deliveryChoices.id))
    .limit(2);
}

function restoredChoice(
  undoes: string,
  before: Awaited<ReturnType<typeof lastTwo>>[number] | undefined,
  ownEmail: string,
): NewChoice {
  if (!before || !isWish(before.origin)) {
    return { undoes, origin: "undone", mode: "paper", email: null, noticeVersion: null };
  }
  const electronic = before.mode === "electronic";
  return {
    undoes,
    origin: "customer",
    mode: before.mode,
    email: electronic && before.email !== ownEmail ? before.email : null,
    // A choice taken over was made under another portal's or a form's terms: its origin says so.
    noticeVersion: electronic ? (before.noticeVersion ?? before.origin) : null,
  };
}

/** The database's clock decides, by the undo's own stamp: a run that has the choice keeps it (R12). */
async function refuseIfPassed(
  { db, actor }: TxContext<CustomerActor>,
  { companyId, contractId }: Delivery,
  undoId: string,
) {
  const [late] = await db.execute(sql`
    select from delivery_choices undo
    join delivery_choices undone on undone.company_id = undo.company_id
      and undone.contract_id = undo.contract_id and undone.id = undo.undoes
    cross join lateral last_cut_off(undo.company_id, undo.chosen_at) passed
    where undo.company_id = ${companyId} and undo.contract_id = ${contractId}
      and undo.id = ${undoId} and undo.account_id = ${actor.accountId}::uuid
      and undone.chosen_at <= passed.cut_off_at`);
  if (late) {
    throw new CutOffPassedError("the cut-off has passed");
  }
}
