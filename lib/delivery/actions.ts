"use server";

import { refresh } from "next/cache";
import { getTranslations } from "next-intl/server";
import { type ActionOutcome, formAction } from "@/lib/auth/action";
import type { CustomerActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { currentLanguage, requireCustomer, visitor } from "@/lib/auth/current";
import { hashToken } from "@/lib/auth/token";
import type { AddedChoice } from "./commands/add-choices";
import { askAgain } from "./commands/ask-again";
import {
  type ChooseDeliveryCode,
  chooseDeliveries,
  chooseDelivery,
} from "./commands/choose-delivery";
import { confirmAddress } from "./commands/confirm-address";
import { repairAddress } from "./commands/repair-address";
import { undoChoice } from "./commands/undo-choice";
import type { DeliveryMode } from "./rules";
import {
  confirmAddressSchema,
  deliveryFormSchema,
  repairAddressSchema,
  severalFormSchema,
} from "./schema";
import { contractWords, fromBillWords } from "./words";

type Ctx = Context<CustomerActor>;

interface Typed {
  mode: DeliveryMode;
  email?: string;
  acceptNotice?: string;
}

const wishOf = ({ mode, ...typed }: Typed) => ({
  mode,
  email: mode === "electronic" ? (typed.email ?? null) : null,
  acceptedNotice: mode === "electronic" ? (typed.acceptNotice ?? null) : null,
});

/** Saves how one contract's bills arrive, takes that back, or asks its address to confirm again. */
export const chooseDeliveryAction = formAction({
  context: () => requireCustomer("/delivery"),
  schema: deliveryFormSchema,
  run: async (ctx, input): Promise<ActionOutcome> => {
    switch (input.intent) {
      case "undo":
        return await undo(ctx, input.contractId);
      case "ask_again":
        return await ask(ctx, input.contractId);
      case "save":
        return await save(ctx, { ...wishOf(input), contractId: input.contractId });
    }
  },
});

async function save(ctx: Ctx, choice: Parameters<typeof chooseDelivery>[1]) {
  const t = await getTranslations("delivery");
  const result = await chooseDelivery(ctx, choice);
  if (!result.ok) {
    return refusal(result.code, t(`failed.${result.code}`));
  }
  const { changed, toConfirm, ...reached } = result.value;
  refresh();
  return changed
    ? { done: await effectOf(ctx, "saved", { ...reached, mode: choice.mode, toConfirm }) }
    : { done: await withConfirmation(ctx, t("saved.unchanged"), toConfirm) };
}

async function undo(ctx: Ctx, contractId: string): Promise<ActionOutcome> {
  const t = await getTranslations("delivery");
  const result = await undoChoice(ctx, { contractId });
  // Also when it was too late: the page then offers it no more.
  refresh();
  if (!result.ok) {
    return { failed: t(`undoFailed.${result.code}`) };
  }
  return { done: await effectOf(ctx, "undone", result.value) };
}

interface Effect extends Pick<AddedChoice, "fromBillOn" | "onPaper"> {
  mode: DeliveryMode;
  toConfirm: string | null;
}

/** What a choice, or taking one back, will do: no more than the freeze is known to keep (R11). */
async function effectOf(ctx: Ctx, what: "saved" | "undone", effect: Effect): Promise<string> {
  const t = await getTranslations("delivery");
  const { mode, fromBillOn, onPaper, toConfirm } = effect;
  const from = fromBillWords(t, fromBillOn, await currentLanguage());
  if (onPaper === null) {
    return await withConfirmation(ctx, t(`${what}.${mode}`, { from }), toConfirm);
  }
  const sentences = [t(`${what}.bare`), t(`onPaper.${onPaper}`, { from })];
  return [...sentences, ...(toConfirm ? [t("saved.linkSent", { email: toConfirm })] : [])].join(
    " ",
  );
}

async function ask(ctx: Ctx, contractId: string): Promise<ActionOutcome> {
  const t = await getTranslations("delivery");
  const result = await askAgain(ctx, { contractId });
  refresh();
  return result.ok
    ? { done: t("askedAgain", { email: result.value.email }) }
    : { failed: t(`askAgainFailed.${result.code}`) };
}

/** Saves one choice for all contracts that were marked, or for none. */
export const chooseDeliveriesAction = formAction({
  context: () => requireCustomer("/delivery"),
  schema: severalFormSchema,
  lists: ["contractIds"],
  run: async (ctx, { contractIds, ...typed }): Promise<ActionOutcome> => {
    const t = await getTranslations("delivery");
    const result = await chooseDeliveries(ctx, { ...wishOf(typed), contractIds });
    if (!result.ok) {
      const contracts = contractWords(t, result.contractNumbers);
      return refusal(result.code, t(`several.failed.${result.code}`, { contracts }), "contractIds");
    }
    const { contracts, toConfirm } = result.value;
    const changed = contracts.filter((one) => one.changed);
    const language = await currentLanguage();
    const days = changed.map(({ fromBillOn }) => fromBillOn).sort();
    // Companies cut off on days of their own, and yet about the same time of the month.
    const from = [...new Set(days.map((day) => fromBillWords(t, day, language)))].join(", ");
    const onPaper = changed.filter((one) => one.onPaper).map((one) => one.contractNumber);
    const unchanged = contracts.length - changed.length;
    const saved = changed.length
      ? t(`several.saved.${typed.mode}`, { changed: changed.length, unchanged, from })
      : t("several.saved.unchanged");
    const but = onPaper.length
      ? ` ${t("several.onPaper", { contracts: contractWords(t, onPaper) })}`
      : "";
    refresh();
    return { done: await withConfirmation(ctx, `${saved}${but}`, toConfirm) };
  },
});

/** A refusal at the field it is about; the others are about the contracts. */
function refusal(code: ChooseDeliveryCode, sentence: string, contracts?: string): ActionOutcome {
  switch (code) {
    case "notice_not_accepted":
      return { invalid: { acceptNotice: sentence } };
    case "too_many_confirmations":
    case "address_suspended":
      return { invalid: { email: sentence } };
    case "no_mandate":
    case "supply_ended":
      return contracts ? { invalid: { [contracts]: sentence } } : { failed: sentence };
  }
}

async function withConfirmation({ actor }: Ctx, saved: string, toConfirm: string | null) {
  const t = await getTranslations("delivery");
  return toConfirm
    ? `${saved} ${t("saved.toConfirm", { email: toConfirm, own: actor.email })}`
    : saved;
}

/** Confirms the address that the link was mailed to; opening the link alone does nothing (R4, R8). */
export const confirmAddressAction = formAction({
  context: visitor,
  schema: confirmAddressSchema,
  run: async (_ctx, { token }) => {
    const t = await getTranslations("delivery");
    const result = await confirmAddress(visitor(hashToken(token).toString("hex")));
    return result.ok
      ? { done: t("confirmAddress.done", { email: result.value.email }) }
      : { failed: t("confirmAddress.invalid") };
  },
});

/** Mails a suspended address of the account the link that mends it (R19). */
export const repairAddressAction = formAction({
  context: () => requireCustomer("/delivery"),
  schema: repairAddressSchema,
  run: async (ctx, { address }) => {
    const t = await getTranslations("delivery.suspended");
    const result = await repairAddress(ctx, { email: address });
    refresh();
    return result.ok
      ? { done: t("done", { email: result.value.email }) }
      : { failed: t(`failed.${result.code}`) };
  },
});
