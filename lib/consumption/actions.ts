"use server";

import { getTranslations } from "next-intl/server";
import { type ActionOutcome, formAction } from "@/lib/auth/action";
import type { CustomerActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { currentLanguage, requireCustomer, requireStaff } from "@/lib/auth/current";
import { NotFoundError } from "@/lib/errors";
import { localizedPath } from "@/lib/i18n/languages";
import { romeDay } from "@/lib/time";
import { decideSelfReading } from "./commands/decide-self-reading";
import { setAlert } from "./commands/set-alert";
import { submitSelfReading } from "./commands/submit-self-reading";
import { listMeteredContracts } from "./queries";
import { alertSchema, decisionSchema, selfReadingSchema } from "./schema";

/** Takes what a customer read off the meter, and leads to the receipt. */
export const submitSelfReadingAction = formAction({
  context: () => requireCustomer("/consumption/self-reading"),
  schema: selfReadingSchema,
  run: async (ctx, { contractId, count, readOn, confirmed }): Promise<ActionOutcome> => {
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
      const page = `/consumption/self-reading/${result.value.receiptCode}`;
      return { redirectTo: localizedPath(await currentLanguage(), page) };
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
/** Accepts or refuses a self-reading; its page then tells who did. */
export const decideSelfReadingAction = formAction({
  context: requireStaff,
  schema: decisionSchema,
  run: async (ctx, { receiptCode, decision, reason }): Promise<ActionOutcome> => {
    const result = await decideSelfReading(ctx, {
      ...{ code: receiptCode, state: decision, refusal: reason },
    });
    if (!result.ok) {
      return { failed: (await getTranslations("readingDesk"))("decidedOtherwise") };
    }
    const page = `/staff/self-readings/${receiptCode}`;
    return { redirectTo: localizedPath(await currentLanguage(), page) };
  },
});

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
