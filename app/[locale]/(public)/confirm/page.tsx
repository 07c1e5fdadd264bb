import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ConfirmedAccount } from "@/components/accounts/confirmed-account";
import { ActionForm } from "@/components/ui/action-form";
import { buttonClass } from "@/components/ui/button-class";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { SubmitButton } from "@/components/ui/submit-button";
import { confirmAccountAction } from "@/lib/accounts/actions/confirm";
import { findConfirmation } from "@/lib/accounts/queries";
import { visitor } from "@/lib/auth/current";
import { hashToken } from "@/lib/auth/token";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("confirm");
  return { title: t("title") };
}

interface ConfirmPageProps {
  searchParams: Promise<{ token?: string | string[] }>;
}

/** Opening it changes nothing, since mail scanners open links; only its button does (R4). */
export default async function ConfirmPage({ searchParams }: ConfirmPageProps) {
  const given = (await searchParams).token;
  const token = typeof given === "string" ? given : "";
  const confirmation = await findConfirmation(visitor(hashToken(token).toString("hex")));
  const t = await getTranslations("confirm");
  switch (confirmation.state) {
    case "confirmed":
      return (
        <div className="max-w-xl">
          <ConfirmedAccount email={confirmation.email} />
        </div>
      );
    case "open":
      return (
        <div className="max-w-xl">
          <PageHeader title={t("title")}>{t("lead")}</PageHeader>
          <ActionForm action={confirmAccountAction} errorTitle={t("errorTitle")} labels={{}}>
            <input type="hidden" name="token" value={token} />
            <SubmitButton>{t("button")}</SubmitButton>
          </ActionForm>
          <p className="mt-6 text-muted text-sm">{t("why")}</p>
        </div>
      );
    default:
      return (
        <div className="max-w-xl">
          <PageHeader title={t("errorTitle")}>{t(`refused.${confirmation.state}`)}</PageHeader>
          <p className="flex flex-wrap gap-3">
            <LocalLink href="/signup" className={buttonClass()}>
              {t("again")}
            </LocalLink>
            <LocalLink href="/login" className={buttonClass("quiet")}>
              {t("signIn")}
            </LocalLink>
          </p>
        </div>
      );
  }
}
