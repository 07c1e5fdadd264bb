import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { PasswordForm } from "@/components/accounts/password-form";
import { SecondFactorCard } from "@/components/accounts/second-factor-card";
import { SessionList } from "@/components/accounts/session-list";
import { Card } from "@/components/ui/card";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { findSecondFactor } from "@/lib/auth/second-factor";
import { listOwnSessions } from "@/lib/auth/sessions";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("access.staffProfile"))("title") };
}

export default async function StaffProfilePage() {
  const ctx = await requireStaff();
  const [factor, sessions] = await Promise.all([findSecondFactor(ctx), listOwnSessions(ctx)]);
  const language = await currentLanguage();
  const t = await getTranslations("access");
  return (
    <>
      <PageHeader title={t("staffProfile.title")}>{t("staffProfile.lead")}</PageHeader>
      <div className="grid gap-6">
        <Card title={t("passwordTitle")}>
          <p className="mb-4 max-w-prose">{t("passwordLead")}</p>
          <PasswordForm email={ctx.actor.email} />
        </Card>
        <SecondFactorCard factor={factor} language={language} mandatory />
        <SessionList sessions={sessions} language={language} ofStaff />
      </div>
    </>
  );
}
