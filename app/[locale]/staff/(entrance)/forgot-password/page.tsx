import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { LinkForm } from "@/components/accounts/link-form";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("access"))("forgotTitle") };
}

export default async function StaffForgotPasswordPage() {
  const t = await getTranslations("access");
  return (
    <div className="max-w-md">
      <PageHeader title={t("forgotTitle")}>{t("forgotLead")}</PageHeader>
      <LinkForm kind="staff_password" submit={t("sendLink")} />
      <p className="mt-6">
        <LocalLink href="/staff/login" className="text-accent underline">
          {t("backToLogin")}
        </LocalLink>
      </p>
    </div>
  );
}
