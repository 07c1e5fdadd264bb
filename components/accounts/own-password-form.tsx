import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { TextField } from "@/components/ui/field";
import { SubmitButton } from "@/components/ui/submit-button";
import type { FormAction } from "@/lib/auth/form-state";

interface OwnPasswordFormProps {
  action: FormAction;
  submit: string;
  idPrefix: string;
  tone?: "primary" | "quiet" | "danger";
}

/** A step that asks for one's own password once more. */
export async function OwnPasswordForm({ action, submit, idPrefix, tone }: OwnPasswordFormProps) {
  const t = await getTranslations("access");
  return (
    <ActionForm
      action={action}
      errorTitle={t("errorTitle")}
      labels={{ password: t("password") }}
      idPrefix={idPrefix}
      className="max-w-md"
    >
      <TextField
        name="password"
        type="password"
        label={t("password")}
        autoComplete="current-password"
      />
      <SubmitButton tone={tone ?? "quiet"}>{submit}</SubmitButton>
    </ActionForm>
  );
}
