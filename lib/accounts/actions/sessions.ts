"use server";

import { getTranslations } from "next-intl/server";
import { z } from "zod";
import { formAction } from "@/lib/auth/action";
import { requirePerson } from "@/lib/auth/current";
import { endOtherSessions, endOwnSession } from "@/lib/auth/sessions";
import { sessionSchema } from "../schema";

/** Ends one of one's own sessions. */
export const endSessionAction = formAction({
  context: requirePerson,
  schema: sessionSchema,
  run: async (ctx, input) => {
    await endOwnSession(ctx, input);
    return { done: (await getTranslations("access"))("sessions.ended") };
  },
});

/** Ends all but the one that asks. */
export const endOtherSessionsAction = formAction({
  context: requirePerson,
  schema: z.object({}),
  run: async (ctx) => {
    const count = await endOtherSessions(ctx);
    return { done: (await getTranslations("access"))("sessions.othersEnded", { count }) };
  },
});
