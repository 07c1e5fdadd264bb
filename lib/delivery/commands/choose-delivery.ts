import { and, eq, isNull } from "drizzle-orm";
import { addressSuspensions } from "@/db/schema";
import { holdLinks } from "@/lib/accounts/commands/hold-links";
import type { CustomerActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { fail, NotFoundError, ok, type Result } from "@/lib/errors";
import { type Delivery, listDeliveries } from "../queries";
import { type DeliveryMode, electronicHindrance } from "../rules";
import { type AddedChoice, addChoices } from "./add-choices";
import { askToConfirm, claimAddress } from "./confirm-address";

interface Wish {
  mode: DeliveryMode;
  /** A dedicated address; null (or the account's own) for the account's. Paper has none. */
  email: string | null;
  /** The version of the notice that was accepted; only electronic needs one. */
  acceptedNotice: string | null;
}

export interface DeliveryChoice extends Wish {
  contractId: string;
}

export interface DeliveryChoices extends Wish {
  contractIds: string[];
}

interface ChosenDelivery {
  /** False when this was the choice already: nothing was added. */
  changed: boolean;
  /** Day (Rome) of the first cut-off the choice reaches (R11). */
  fromCutOffOn: string;
  /** That day; null where the supply ends before it: only the closing bill comes (R15). */
  fromBillOn: string | null;
  /** Why the bill comes on paper though electronic was chosen, as far as is known; else null. */
  onPaper: AddedChoice["onPaper"];
  /** The dedicated address that has still to be confirmed (R8); null if there is none. */
  toConfirm: string | null;
}

interface ChosenDeliveries {
  /** For each contract asked for, in the panel's order. */
  contracts: (Omit<ChosenDelivery, "toConfirm"> & {
    contractId: string;
    contractNumber: string;
    companyName: string;
  })[];
  toConfirm: string | null;
}

export type ChooseDeliveryCode =
  | "no_mandate"
  | "notice_not_accepted"
  | "supply_ended"
  | "address_suspended"
  | "too_many_confirmations";

/** Why nothing was saved, and the contracts that are in the way where some are. */
interface Refusal {
  ok: false;
  code: ChooseDeliveryCode;
  contractNumbers: string[];
}

/**
 * Adds a choice of how a contract's bills arrive (R8–R11), told to the account by e-mail.
 * @throws {NotFoundError} when the contract is not in the actor's account.
 */
export async function chooseDelivery(
  ctx: Context<CustomerActor>,
  { contractId, ...wish }: DeliveryChoice,
): Promise<Result<ChosenDelivery, ChooseDeliveryCode>> {
  const result = await chooseDeliveries(ctx, { contractIds: [contractId], ...wish });
  if (!result.ok) {
    return fail(result.code);
  }
  const [chosen] = result.value.contracts;
  if (!chosen) {
    throw new NotFoundError("contract");
  }
  const { changed, fromCutOffOn, fromBillOn, onPaper } = chosen;
  const { toConfirm } = result.value;
  return ok({ changed, fromCutOffOn, fromBillOn, onPaper, toConfirm });
}

/**
 * The same choice for several contracts, with one stamp, all or nothing: one that has no active mandate
 * or has ended refuses the whole, by name. The number of statements does not depend on theirs.
 * @throws {NotFoundError} when one of them is not in the actor's account.
 */
export async function chooseDeliveries(
  ctx: Context<CustomerActor>,
  { contractIds, ...wish }: DeliveryChoices,
): Promise<{ ok: true; value: ChosenDeliveries } | Refusal> {
  return await inTransaction(ctx, async (tx) => {
    await holdLinks(tx, contractIds);
    const before = await listDeliveries(tx, { contractIds });
    const refusal = hindrance(before, wish);
    if (refusal) {
      return refusal;
    }
    const electronic = wish.mode === "electronic";
    const dedicated = electronic && wish.email !== tx.actor.email ? wish.email : null;
    const address = dedicated ? await claimAddress(tx, dedicated) : "confirmed";
    if (address === "refused") {
      return refused("too_many_confirmations");
    }
    if (electronic && address === "confirmed" && (await suspended(tx, dedicated))) {
      return refused("address_suspended");
    }
    const noticeVersion = electronic ? wish.acceptedNotice : null;
    const chosen = { mode: wish.mode, email: dedicated, noticeVersion };
    const added = await addChoices(
      tx,
      before.filter((delivery) => isChange(delivery, chosen)),
      { ...chosen, origin: "customer", undoes: null },
    );
    if (dedicated && address === "to_ask") {
      await askToConfirm(tx, before, dedicated);
    }
    const reached = new Map(added.map((one) => [one.contractId, one]));
    return ok({
      contracts: before.map(({ contractId, contractNumber, companyName, ...was }) => {
        const now = reached.get(contractId);
        return {
          ...{ contractId, contractNumber, companyName },
          changed: now !== undefined,
          fromCutOffOn: now?.fromCutOffOn ?? was.nextCutOffOn,
          fromBillOn: now ? now.fromBillOn : was.fromBillOn,
          onPaper: now?.onPaper ?? null,
        };
      }),
      toConfirm: address === "confirmed" ? null : dedicated,
    });
  });
}

const refused = (code: ChooseDeliveryCode, hindering: Delivery[] = []): Refusal => ({
  ok: false,
  code,
  contractNumbers: hindering.map(({ contractNumber }) => contractNumber),
});

/** What stands in the way of a wish (R9); null when nothing does. */
function hindrance(before: Delivery[], { mode, acceptedNotice }: Wish): Refusal | null {
  const ended = before.filter((delivery) => delivery.ended);
  if (ended.length > 0) {
    return refused("supply_ended", ended);
  }
  if (mode === "paper") {
    return null;
  }
  const of = ({ mandateActive }: Delivery) =>
    electronicHindrance({ mandateActive, acceptedNotice });
  const bare = before.filter((delivery) => of(delivery) === "no_mandate");
  if (bare.length > 0) {
    return refused("no_mandate", bare);
  }
  return before.some((delivery) => of(delivery) !== null) ? refused("notice_not_accepted") : null;
}

function isChange(
  before: Delivery,
  {
    mode,
    email,
    noticeVersion,
  }: { mode: DeliveryMode; email: string | null; noticeVersion: string | null },
): boolean {
  return (
    before.chosenMode !== mode ||
    before.chosenEmail !== email ||
    (mode === "electronic" && before.chosenNotice !== noticeVersion) ||
    before.reason === "no_choice" ||
    before.reason === "account_deleted"
  );
}

/** R19: an address that our messages do not reach would lead to paper at once. */
async function suspended(
  { db, actor }: TxContext<CustomerActor>,
  dedicated: string | null,
): Promise<boolean> {
  const found = await db
    .select({ id: addressSuspensions.id })
    .from(addressSuspensions)
    .where(
      and(
        eq(addressSuspensions.email, dedicated ?? actor.email),
        isNull(addressSuspensions.liftedAt),
      ),
    )
    .limit(1);
  return found.length > 0;
}
