import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { TextField } from "@/components/ui/field";
import { SubmitButton } from "@/components/ui/submit-button";
import { findAttemptsAction } from "@/lib/support/actions/attempts";

/** Posted: what is typed here gets into no address. */
export async function AttemptSearchForm() {
  const t = await getTranslations("staffAccess.attempts");
  return (
    <search className="mb-4 block max-w-xl">
      <ActionForm
        action={findAttemptsAction}
        errorTitle={t("errorTitle")}
        labels={{ q: t("search") }}
      >
        <TextField
          name="q"
          label={t("search")}
          hint={t("searchHint")}
          spellCheck={false}
          autoComplete="off"
        />
        <SubmitButton>{t("searchSubmit")}</SubmitButton>
      </ActionForm>
    </search>
  );
}
