"use server";

import { getTranslations } from "next-intl/server";
import { formAction } from "@/lib/auth/action";
import { requirePerson } from "@/lib/auth/current";
import { endOtherSessions, endOwnSession } from "@/lib/auth/sessions";
import { OTHERS, sessionSchema } from "../schema";

/** Ends one of one's own sessions, or all but the one that asks. */
export const endSessionAction = formAction({
  context: requirePerson,
  schema: sessionSchema,
  run: async (ctx, { sessionId }) => {
    const t = await getTranslations("access.sessions");
    if (sessionId === OTHERS) {
      return { done: t("othersEnded", { count: await endOtherSessions(ctx) }) };
    }
    await endOwnSession(ctx, { sessionId });
    return { done: t("ended") };
  },
});
