"use server";

import { getTranslations } from "next-intl/server";
import { formAction } from "@/lib/auth/action";
import type { CustomerActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { requireCustomer } from "@/lib/auth/current";
import { NotFoundError } from "@/lib/errors";
import { romeDay } from "@/lib/time";
import { setAlert } from "./commands/set-alert";
import { submitSelfReading } from "./commands/submit-self-reading";
import { listMeteredContracts } from "./queries";
import { alertSchema, selfReadingSchema } from "./schema";

/** Takes what a customer read off the meter, and shows the receipt. */
export const submitSelfReadingAction = formAction({
  context: () => requireCustomer("/consumption/self-reading"),
  schema: selfReadingSchema,
  run: async (ctx, { contractId, count, readOn, confirmed }) => {
    const t = await getTranslations("selfReading");
    const contract = await contractOf(ctx, contractId);
    const result = await submitSelfReading(
      ctx,
      {
        ...{ companyId: contract.companyId, contractId, readOn, countThousandths: count },
        confirmed: confirmed === count,
      },
      romeDay(new Date()),
    );
    if (result.ok) {
      return { done: t("done", { code: result.value.receiptCode }) };
    }
    const { code } = result;
    const problem = t(`problem.${code}`);
    if (code === "closed" || code === "readRemotely") {
      return { failed: problem };
    }
    const field = code === "dayOutside" || code === "toldAlready" ? "readOn" : "count";
    return { invalid: { [field]: problem } };
  },
});

/** @throws {NotFoundError} unless it is one of the actor's contracts, whatever else a form may name. */
async function contractOf(ctx: Context<CustomerActor>, contractId: string) {
  const contract = (await listMeteredContracts(ctx)).find(({ id }) => id === contractId);
  if (!contract) {
    throw new NotFoundError("contract");
  }
  return contract;
}

/** Turns mails about unusual consumption on, with their threshold, or off. */
export const setAlertAction = formAction({
  context: () => requireCustomer("/consumption/statistics"),
  schema: alertSchema,
  run: async (ctx, { contractId, thresholdPercent }) => {
    const t = await getTranslations("statistics.alert");
    await contractOf(ctx, contractId);
    await setAlert(ctx, { contractId, thresholdPercent });
    return { done: t(thresholdPercent === null ? "off" : "on") };
  },
});
