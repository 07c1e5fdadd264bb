import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { TextField } from "@/components/ui/field";
import { SubmitButton } from "@/components/ui/submit-button";
import { searchCustomersAction } from "@/lib/support/actions/search";

/** One field for whatever a caller can tell; posted, so that a tax id typed here gets into no address. */
export async function CustomerSearchForm({ query }: { query: string }) {
  const t = await getTranslations("desk.search");
  return (
    <search className="mb-8 block max-w-xl">
      <ActionForm
        action={searchCustomersAction}
        errorTitle={t("errorTitle")}
        labels={{ q: t("label") }}
      >
        <TextField
          name="q"
          label={t("label")}
          hint={t("hint")}
          defaultValue={query}
          spellCheck={false}
          autoComplete="off"
        />
        <SubmitButton>{t("submit")}</SubmitButton>
      </ActionForm>
    </search>
  );
}
