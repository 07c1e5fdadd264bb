"use server";

import { getTranslations } from "next-intl/server";
import { formAction } from "@/lib/auth/action";
import { requireCustomer } from "@/lib/auth/current";
import { env } from "@/lib/env";
import { createCustomerToken } from "../commands/create-customer-token";
import { revokeCustomerToken } from "../commands/revoke-customer-token";
import { createTokenSchema, revokeTokenSchema } from "../schema";

/** Makes a token or a calendar's address, and shows it this once. */
export const createTokenAction = formAction({
  context: () => requireCustomer("/profile/tokens"),
  schema: createTokenSchema,
  run: async (ctx, input) => {
    const t = await getTranslations("tokens");
    const result = await createCustomerToken(ctx, input);
    if (!result.ok) {
      switch (result.code) {
        case "passwordWrong":
        case "passwordWait":
          return { invalid: { password: (await getTranslations("errors"))(result.code) } };
        case "busy":
          return { failed: (await getTranslations("login"))("busy") };
        case "tooMany":
          return { failed: t("tooMany") };
      }
    }
    const { secret } = result.value;
    return input.purpose === "calendar"
      ? {
          done: t("calendarMade"),
          codes: [`${env().APP_URL}/api/customer/v1/calendar/${secret}.ics`],
        }
      : { done: t("tokenMade"), codes: [secret] };
  },
});

/** Ends a token at once. */
export const revokeTokenAction = formAction({
  context: () => requireCustomer("/profile/tokens"),
  schema: revokeTokenSchema,
  run: async (ctx, { tokenId }) => {
    await revokeCustomerToken(ctx, tokenId);
    return { done: (await getTranslations("tokens"))("revoked") };
  },
});
