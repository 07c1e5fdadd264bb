import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { SelectField } from "@/components/ui/field";
import { SubmitButton } from "@/components/ui/submit-button";
import { changeLanguageAction } from "@/lib/accounts/actions/profile";
import { LANGUAGES, type Language } from "@/lib/i18n/languages";

/** The language of the customer's e-mails. */
export async function LanguageForm({ language }: { language: Language }) {
  const t = await getTranslations("profile");
  return (
    <ActionForm
      action={changeLanguageAction}
      errorTitle={t("errorTitle")}
      labels={{ language: t("language") }}
      className="max-w-xs"
    >
      <SelectField
        name="language"
        label={t("language")}
        defaultValue={language}
        options={LANGUAGES.map((value) => ({ value, label: t(`languages.${value}`) }))}
      />
      <SubmitButton tone="quiet">{t("languageSave")}</SubmitButton>
    </ActionForm>
  );
}
