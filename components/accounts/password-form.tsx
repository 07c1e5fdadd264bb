import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { TextField } from "@/components/ui/field";
import { SubmitButton } from "@/components/ui/submit-button";
import { changePasswordAction } from "@/lib/accounts/actions/password";
import { NewPasswordField } from "./new-password-field";

/** A new password after the present one, for customers and staff. */
export async function PasswordForm({ email }: { email: string }) {
  const t = await getTranslations("access");
  return (
    <ActionForm
      action={changePasswordAction}
      errorTitle={t("errorTitle")}
      labels={{ password: t("password"), newPassword: t("newPassword") }}
      idPrefix="change-"
      className="max-w-md"
    >
      {/* For password managers: whose password this is. */}
      <input type="hidden" name="username" autoComplete="username" value={email} />
      <TextField
        name="password"
        type="password"
        label={t("password")}
        autoComplete="current-password"
      />
      <NewPasswordField
        name="newPassword"
        label={t("newPassword")}
        hint={t("newPasswordHint")}
        email={email}
      />
      <SubmitButton tone="quiet">{t("savePassword")}</SubmitButton>
    </ActionForm>
  );
}
