import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { SelectField, TextField } from "@/components/ui/field";
import { SubmitButton } from "@/components/ui/submit-button";
import { inviteStaffAction } from "@/lib/staff/actions";
import { STAFF_ROLES } from "@/lib/staff/rules";

/** No password: whoever is invited chooses their own. */
export async function InviteForm() {
  const t = await getTranslations("staffAccess.people");
  return (
    <ActionForm
      action={inviteStaffAction}
      errorTitle={t("inviteErrorTitle")}
      labels={{ email: t("email"), name: t("name"), role: t("role") }}
      idPrefix="invite-"
    >
      <TextField
        name="email"
        type="email"
        label={t("email")}
        autoComplete="off"
        spellCheck={false}
      />
      <TextField name="name" label={t("name")} hint={t("nameHint")} autoComplete="off" />
      <SelectField
        name="role"
        label={t("role")}
        hint={t("roleHint")}
        defaultValue="support"
        options={STAFF_ROLES.map((role) => ({ value: role, label: t(`roles.${role}`) }))}
      />
      <SubmitButton>{t("inviteSubmit")}</SubmitButton>
    </ActionForm>
  );
}
