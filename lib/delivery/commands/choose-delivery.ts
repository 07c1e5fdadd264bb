import { and, eq, isNull, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { accounts, contractLinks, contracts, deliveryChoices } from "@/db/schema";
import { ownAccount } from "@/lib/accounts/scope";
import { recordAudit } from "@/lib/audit/commands";
import type { CustomerActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { visibleContracts } from "@/lib/contracts/scope";
import { fail, NotFoundError, ok, type Result } from "@/lib/errors";
import { queueAccountMail } from "@/lib/mail/account-mails";
import { listDeliveries } from "../queries";
import { type DeliveryMode, electronicHindrance } from "../rules";
import { visibleChoices } from "../scope";
import { askToConfirm, claimAddress } from "./confirm-address";

export interface DeliveryChoice {
  contractId: string;
  mode: DeliveryMode;
  /** A dedicated address; null (or the account's own) for the account's. Paper has none. */
  email: string | null;
  /** The version of the notice that was accepted; only electronic needs one. */
  acceptedNotice: string | null;
}

interface ChosenDelivery {
  /** False when this was the choice already: nothing was added. */
  changed: boolean;
  /** Day (Rome) of the first cut-off the choice reaches (R11). */
  fromCutOffOn: string;
  /** The dedicated address that has still to be confirmed (R8); null if there is none. */
  toConfirm: string | null;
}

type ChooseDeliveryCode =
  | "no_mandate"
  | "notice_not_accepted"
  | "supply_ended"
  | "too_many_confirmations";

/**
 * Adds a choice of how a contract's bills arrive (R8–R11), told to the account by e-mail.
 * @throws {NotFoundError} when the contract is not in the actor's account.
 */
export async function chooseDelivery(
  ctx: Context<CustomerActor>,
  input: DeliveryChoice,
): Promise<Result<ChosenDelivery, ChooseDeliveryCode>> {
  return await inTransaction(ctx, async (tx) => {
    await holdLink(tx, input.contractId);
    const [before] = await listDeliveries(tx, { contractId: input.contractId });
    if (!before) {
      throw new NotFoundError("contract");
    }
    if (before.ended) {
      return fail("supply_ended");
    }
    const hindrance =
      input.mode === "electronic" ? electronicHindrance({ ...before, ...input }) : null;
    if (hindrance) {
      return fail(hindrance);
    }
    const dedicated =
      input.mode === "electronic" && input.email !== tx.actor.email ? input.email : null;
    const address = dedicated ? await claimAddress(tx, dedicated) : "confirmed";
    if (address === "refused") {
      return fail("too_many_confirmations");
    }
    const changed =
      before.chosenMode !== input.mode ||
      before.chosenEmail !== dedicated ||
      (input.mode === "electronic" && before.chosenNotice !== input.acceptedNotice) ||
      before.reason === "no_choice" ||
      before.reason === "account_deleted";
    const fromCutOffOn = changed
      ? await addChoice(tx, before, { ...input, email: dedicated })
      : before.nextCutOffOn;
    if (dedicated && address === "to_ask") {
      await askToConfirm(tx, before, dedicated);
    }
    return ok({
      changed,
      fromCutOffOn,
      toConfirm: address === "confirmed" ? null : dedicated,
    });
  });
}

/** Keeps the contract in the account until the choice stands: a deletion at once waits, or wins. */
async function holdLink({ db, actor }: TxContext<CustomerActor>, contractId: string) {
  // The account before the link, as a deletion takes them: the choice's row will refer to it.
  await db.select({ id: accounts.id }).from(accounts).where(ownAccount(actor)).for("key share");
  const [link] = await db
    .select({ id: contractLinks.id })
    .from(contractLinks)
    .innerJoin(
      contracts,
      and(
        eq(contracts.companyId, contractLinks.companyId),
        eq(contracts.id, contractLinks.contractId),
      ),
    )
    .where(
      and(
        eq(contracts.id, contractId),
        visibleContracts(actor),
        eq(contractLinks.accountId, actor.accountId),
        isNull(contractLinks.endedAt),
      ),
    )
    .for("update", { of: contractLinks });
  if (!link) {
    throw new NotFoundError("contract");
  }
}

interface Target {
  companyId: number;
  contractId: string;
  contractNumber: string;
}

/** Returns the day (Rome) of the first cut-off after the choice's own stamp (R11). */
async function addChoice(
  tx: TxContext<CustomerActor>,
  contract: Target,
  { mode, email, acceptedNotice }: DeliveryChoice,
): Promise<string> {
  const { accountId, email: ownEmail, language } = tx.actor;
  const noticeVersion = mode === "electronic" ? acceptedNotice : null;
  const id = uuidv7();
  await tx.db.insert(deliveryChoices).values({
    id,
    companyId: contract.companyId,
    contractId: contract.contractId,
    accountId,
    mode,
    email,
    noticeVersion,
    origin: "customer",
  });
  const fromBill = await firstCutOff(tx, id);
  await recordAudit(tx, {
    action: "chose_delivery",
    subjectKind: "contract",
    subjectId: contract.contractId,
    companyId: contract.companyId,
    detail: { mode, dedicatedAddress: email !== null, noticeVersion },
  });
  await queueAccountMail(tx, {
    template: "delivery-changed",
    companyId: contract.companyId,
    accountId,
    toEmail: ownEmail,
    language,
    params: {
      contractNumber: contract.contractNumber,
      mode,
      fromBill,
    },
  });
  return fromBill;
}

async function firstCutOff(
  { db, actor }: TxContext<CustomerActor>,
  choiceId: string,
): Promise<string> {
  const [stamped] = await db
    .select({
      cutOffOn: sql<string>`(next_cut_off(${deliveryChoices.companyId}, ${deliveryChoices.chosenAt})
        at time zone 'Europe/Rome')::date::text`,
    })
    .from(deliveryChoices)
    .where(and(eq(deliveryChoices.id, choiceId), visibleChoices(actor)));
  if (!stamped) {
    throw new NotFoundError("choice");
  }
  return stamped.cutOffOn;
}
