"use server";

import { getTranslations } from "next-intl/server";
import { formAction } from "@/lib/auth/action";
import { requireStaff } from "@/lib/auth/current";
import { applyChecked, cancelImport } from "./commands/decide-import";
import { importDecisionSchema } from "./schema";

/** Applies what was only checked so far. */
export const applyImportAction = formAction({
  context: requireStaff,
  schema: importDecisionSchema,
  run: async (ctx, { importId }) => {
    const t = await getTranslations("imports");
    const applied = await applyChecked(ctx, importId);
    return applied.ok ? { done: t("applyAsked") } : { failed: t(`refused.${applied.code}`) };
  },
});

/** Gives an import up that nobody carries out yet. */
export const cancelImportAction = formAction({
  context: requireStaff,
  schema: importDecisionSchema,
  run: async (ctx, { importId }) => {
    const t = await getTranslations("imports");
    const cancelled = await cancelImport(ctx, importId);
    return cancelled.ok ? { done: t("cancelled") } : { failed: t(`refused.${cancelled.code}`) };
  },
});
