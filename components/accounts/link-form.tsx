import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { SubmitButton } from "@/components/ui/submit-button";
import { requestLinkAction } from "@/lib/accounts/actions/password";
import { EmailField } from "./email-field";

interface LinkFormProps {
  kind: "reset_password" | "confirm_account" | "staff_password";
  submit: string;
}

/** Asks for a link by e-mail; the answer is the same for every address (R3). */
export async function LinkForm({ kind, submit }: LinkFormProps) {
  const t = await getTranslations("access");
  return (
    <ActionForm
      action={requestLinkAction}
      errorTitle={t("errorTitle")}
      labels={{ email: t("email") }}
      className="max-w-md"
    >
      <input type="hidden" name="kind" value={kind} />
      <EmailField label={t("email")} autoComplete="username" />
      <SubmitButton>{submit}</SubmitButton>
    </ActionForm>
  );
}
