import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { SubmitButton } from "@/components/ui/submit-button";
import { applyImportAction, cancelImportAction } from "@/lib/imports/actions";
import type { ImportSummary } from "@/lib/imports/queries";

/** What a person decides of an import that waits: apply it, or give it up. */
export async function ImportDecisions({ found }: { found: ImportSummary }) {
  const t = await getTranslations("imports");
  const { id, state, storageKey } = found;
  if (state !== "checked" && state !== "received") {
    return null;
  }
  return (
    <div className="mt-6 flex flex-wrap gap-4">
      {state === "checked" && storageKey !== null ? (
        <ActionForm
          action={applyImportAction}
          errorTitle={t("notDone")}
          labels={{}}
          idPrefix="apply-"
        >
          <input type="hidden" name="importId" value={id} />
          <SubmitButton>{t("apply")}</SubmitButton>
        </ActionForm>
      ) : null}
      <ActionForm
        action={cancelImportAction}
        errorTitle={t("notDone")}
        labels={{}}
        idPrefix="cancel-"
      >
        <input type="hidden" name="importId" value={id} />
        <SubmitButton tone="quiet">{t("cancel")}</SubmitButton>
      </ActionForm>
    </div>
  );
}
