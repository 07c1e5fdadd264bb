"use server";

import { getTranslations } from "next-intl/server";
import { z } from "zod";
import { type ActionOutcome, formAction } from "@/lib/auth/action";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { localizedPath } from "@/lib/i18n/languages";
import { exportMailRoom } from "./commands/export-mail-room";
import { orderDispatch } from "./commands/order-dispatch";
import { dispatchOrderSchema } from "./schema";

/** Orders what to do about a bill that could not be delivered, or notes a call; its page then tells. */
export const orderDispatchAction = formAction({
  context: requireStaff,
  schema: dispatchOrderSchema,
  run: async (ctx, order): Promise<ActionOutcome> => {
    const result = await orderDispatch(ctx, order);
    if (!result.ok) {
      const t = await getTranslations("desk.bill");
      return { failed: t("anotherOpen") };
    }
    const page = `/staff/bills/${order.documentId}`;
    return { redirectTo: localizedPath(await currentLanguage(), page) };
  },
});

/** Hands what waits in a company to the mail room; the page then has the list to download. */
export const exportMailRoomAction = formAction({
  context: requireStaff,
  schema: z.object({ company: z.string().max(40) }),
  run: async (ctx, { company }): Promise<ActionOutcome> => {
    const result = await exportMailRoom(ctx, { company });
    if (!result.ok) {
      const t = await getTranslations("desk.mailRoom");
      return { failed: t("nothingWaits") };
    }
    return { redirectTo: localizedPath(await currentLanguage(), "/staff/mail-room") };
  },
});
