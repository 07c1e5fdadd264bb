"use server";

import { refresh } from "next/cache";
import { getTranslations } from "next-intl/server";
import { type ActionOutcome, formAction } from "@/lib/auth/action";
import { currentLanguage, requireCustomer, visitor } from "@/lib/auth/current";
import { hashToken } from "@/lib/auth/token";
import { chooseDelivery } from "./commands/choose-delivery";
import { confirmAddress } from "./commands/confirm-address";
import { confirmAddressSchema, deliveryFormSchema } from "./schema";
import { fromBillWords } from "./words";

/** Saves how one contract's bills arrive. */
export const chooseDeliveryAction = formAction({
  context: () => requireCustomer("/delivery"),
  schema: deliveryFormSchema,
  run: async (ctx, input): Promise<ActionOutcome> => {
    const t = await getTranslations("delivery");
    const electronic = input.mode === "electronic";
    const result = await chooseDelivery(ctx, {
      contractId: input.contractId,
      mode: input.mode,
      email: electronic ? (input.email ?? null) : null,
      acceptedNotice: electronic ? (input.acceptNotice ?? null) : null,
    });
    if (!result.ok) {
      const sentence = t(`failed.${result.code}`);
      switch (result.code) {
        case "notice_not_accepted":
          return { invalid: { acceptNotice: sentence } };
        case "too_many_confirmations":
          return { invalid: { email: sentence } };
        case "no_mandate":
        case "supply_ended":
          return { failed: sentence };
      }
    }
    const { changed, fromCutOffOn, toConfirm } = result.value;
    const from = fromBillWords(t, fromCutOffOn, await currentLanguage());
    const saved = changed ? t(`saved.${input.mode}`, { from }) : t("saved.unchanged");
    refresh();
    return {
      done: toConfirm
        ? `${saved} ${t("saved.toConfirm", { email: toConfirm, own: ctx.actor.email })}`
        : saved,
    };
  },
});

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
