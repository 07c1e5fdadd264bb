import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { NewPasswordField } from "@/components/accounts/new-password-field";
import { ActionForm } from "@/components/ui/action-form";
import { buttonClass } from "@/components/ui/button-class";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { SubmitButton } from "@/components/ui/submit-button";
import { resetPasswordAction } from "@/lib/accounts/actions/password";
import { findPasswordToken } from "@/lib/accounts/queries";
import { visitor } from "@/lib/auth/current";
import { hashToken } from "@/lib/auth/token";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("access"))("resetTitle") };
}

interface ResetPasswordPageProps {
  searchParams: Promise<{ token?: string | string[] }>;
}

/** Opening it changes nothing, since mail scanners open links; only its button does (R4). */
export default async function ResetPasswordPage({ searchParams }: ResetPasswordPageProps) {
  const given = (await searchParams).token;
  const token = typeof given === "string" ? given : "";
  const purpose = await findPasswordToken(visitor(hashToken(token).toString("hex")));
  const t = await getTranslations("access");
  if (!purpose) {
    return (
      <div className="max-w-md">
        <PageHeader title={t("linkDeadTitle")}>{t("linkDead")}</PageHeader>
        <LocalLink href="/forgot-password" className={buttonClass()}>
          {t("askAgain")}
        </LocalLink>
      </div>
    );
  }
  return (
    <div className="max-w-md">
      <PageHeader title={t(purpose === "reset_password" ? "resetTitle" : "firstTitle")}>
        {purpose === "reset_password" ? t("resetLead") : null}
      </PageHeader>
      <ActionForm
        action={resetPasswordAction}
        errorTitle={t("errorTitle")}
        labels={{ newPassword: t("newPassword") }}
      >
        <input type="hidden" name="token" value={token} />
        <NewPasswordField name="newPassword" label={t("newPassword")} hint={t("newPasswordHint")} />
        <SubmitButton>{t("savePassword")}</SubmitButton>
      </ActionForm>
    </div>
  );
}
