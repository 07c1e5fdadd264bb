import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { TextField } from "@/components/ui/field";
import { SubmitButton } from "@/components/ui/submit-button";
import type { FormAction } from "@/lib/auth/form-state";

interface LoginFormProps {
  action: FormAction;
  /** A path of ours to go to afterwards. */
  next?: string;
}

/** E-mail and password, for customers and staff alike. */
export async function LoginForm({ action, next }: LoginFormProps) {
  const t = await getTranslations("login");
  return (
    <ActionForm
      action={action}
      errorTitle={t("errorTitle")}
      labels={{ email: t("email"), password: t("password") }}
    >
      {next ? <input type="hidden" name="next" value={next} /> : null}
      <TextField
        name="email"
        type="email"
        label={t("email")}
        autoComplete="username"
        spellCheck={false}
      />
      <TextField
        name="password"
        type="password"
        label={t("password")}
        autoComplete="current-password"
      />
      <SubmitButton>{t("submit")}</SubmitButton>
    </ActionForm>
  );
}
