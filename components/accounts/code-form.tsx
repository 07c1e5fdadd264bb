import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { TextField } from "@/components/ui/field";
import { SubmitButton } from "@/components/ui/submit-button";
import { signInWithCodeAction } from "@/lib/accounts/actions/sign-in";

/** The second step of signing in: a code of the app, or a recovery code. */
export async function CodeForm({ next }: { next?: string }) {
  const t = await getTranslations("login");
  return (
    <ActionForm
      action={signInWithCodeAction}
      errorTitle={t("errorTitle")}
      labels={{ code: t("code") }}
    >
      {next ? <input type="hidden" name="next" value={next} /> : null}
      <TextField name="code" label={t("code")} autoComplete="one-time-code" spellCheck={false} />
      <SubmitButton>{t("codeSubmit")}</SubmitButton>
    </ActionForm>
  );
}
