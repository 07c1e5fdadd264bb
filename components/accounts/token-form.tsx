import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { RadioGroup, TextField } from "@/components/ui/field";
import { SubmitButton } from "@/components/ui/submit-button";
import { createTokenAction } from "@/lib/accounts/actions/customer-tokens";

/** Asks for a token or a calendar's address; the answer shows it this once. */
export async function TokenForm() {
  const t = await getTranslations("tokens");
  const option = (value: "consumption" | "calendar") => ({
    value,
    label: t(`purposes.${value}.label`),
    hint: t(`purposes.${value}.hint`),
  });
  return (
    <ActionForm
      action={createTokenAction}
      errorTitle={t("errorTitle")}
      labels={{ purpose: t("purpose"), name: t("name"), password: t("password") }}
      className="max-w-xl"
    >
      <RadioGroup
        name="purpose"
        label={t("purpose")}
        defaultValue="consumption"
        options={[option("consumption"), option("calendar")]}
      />
      <TextField name="name" label={t("name")} hint={t("nameHint")} autoComplete="off" />
      <TextField
        name="password"
        type="password"
        label={t("password")}
        autoComplete="current-password"
      />
      <SubmitButton>{t("create")}</SubmitButton>
    </ActionForm>
  );
}
