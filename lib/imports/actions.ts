"use server";

import { getTranslations } from "next-intl/server";
import { formAction } from "@/lib/auth/action";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { localizedPath } from "@/lib/i18n/languages";
import { applyChecked, cancelImport } from "./commands/decide-import";
import type { IMPORT_DEEDS } from "./rules";
import { importDecisionSchema } from "./schema";

/** The import's page, which says what was done: the form that did it is no longer there. */
async function pageOf(importId: string, did: (typeof IMPORT_DEEDS)[number]): Promise<string> {
  return localizedPath(await currentLanguage(), `/staff/imports/${importId}?did=${did}`);
}

/** Applies what was only checked so far. */
export const applyImportAction = formAction({
  context: requireStaff,
  schema: importDecisionSchema,
  run: async (ctx, { importId }) => {
    const t = await getTranslations("imports");
    const applied = await applyChecked(ctx, importId);
    return applied.ok
      ? { redirectTo: await pageOf(importId, "applied") }
      : { failed: t(`refused.${applied.code}`) };
  },
});

/** Gives an import up that nobody carries out yet. */
export const cancelImportAction = formAction({
  context: requireStaff,
  schema: importDecisionSchema,
  run: async (ctx, { importId }) => {
    const t = await getTranslations("imports");
    const cancelled = await cancelImport(ctx, importId);
    return cancelled.ok
      ? { redirectTo: await pageOf(importId, "cancelled") }
      : { failed: t(`refused.${cancelled.code}`) };
  },
});
