import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { SubmitButton } from "@/components/ui/submit-button";
import { signupAction } from "@/lib/accounts/actions/sign-up";
import type { Company } from "@/lib/companies/queries";
import { EmailField } from "./email-field";
import { NewPasswordField } from "./new-password-field";
import { ProofFields, proofLabels } from "./proof-fields";

interface SignupFormProps {
  companies: Company[];
  /** Slug of the company chosen on the page before, if any. */
  chosen?: string;
}

const LEGEND = "mb-4 font-semibold text-lg";

/** What is printed on a bill, then e-mail and password (R1). */
export async function SignupForm({ companies, chosen }: SignupFormProps) {
  const t = await getTranslations("signup");
  return (
    <ActionForm
      action={signupAction}
      errorTitle={t("errorTitle")}
      labels={{
        ...(await proofLabels()),
        email: t("email"),
        password: t("password"),
      }}
    >
      <fieldset className="mb-6">
        <legend className={LEGEND}>{t("dataTitle")}</legend>
        <ProofFields companies={companies} chosen={chosen} />
      </fieldset>
      <fieldset className="mb-2">
        <legend className={LEGEND}>{t("accessTitle")}</legend>
        <EmailField label={t("email")} hint={t("emailHint")} autoComplete="username" />
        <NewPasswordField name="password" label={t("password")} hint={t("passwordHint")} />
      </fieldset>
      <p className="mb-5 text-muted text-sm">{t("privacy")}</p>
      <SubmitButton>{t("submit")}</SubmitButton>
    </ActionForm>
  );
}
