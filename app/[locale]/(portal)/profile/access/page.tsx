import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { AccessLog } from "@/components/accounts/access-log";
import { PasswordForm } from "@/components/accounts/password-form";
import { SecondFactorCard } from "@/components/accounts/second-factor-card";
import { SessionList } from "@/components/accounts/session-list";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { listOwnAccessLog } from "@/lib/accounts/queries/access-log";
import { currentLanguage, requireCustomer } from "@/lib/auth/current";
import { findSecondFactor } from "@/lib/auth/second-factor";
import { listOwnSessions } from "@/lib/auth/sessions";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("access"))("pageTitle") };
}

interface AccessPageProps {
  searchParams: Promise<{ factor?: string }>;
}

/** How one gets into the account, from where one did, and who looked at it. */
export default async function AccessPage({ searchParams }: AccessPageProps) {
  const ctx = await requireCustomer("/profile/access");
  const [factor, sessions, log] = await Promise.all([
    findSecondFactor(ctx),
    listOwnSessions(ctx),
    listOwnAccessLog(ctx),
  ]);
  const language = await currentLanguage();
  const t = await getTranslations("access");
  return (
    <>
      <PageHeader title={t("pageTitle")}>{t("pageLead")}</PageHeader>
      {(await searchParams).factor === "off" && factor.state === "off" ? (
        <Notice tone="success">{t("secondFactor.turnedOff")}</Notice>
      ) : null}
      <div className="grid gap-6">
        <Card title={t("passwordTitle")}>
          <p className="mb-4 max-w-prose">{t("passwordLead")}</p>
          <PasswordForm email={ctx.actor.email} />
        </Card>
        <SecondFactorCard factor={factor} language={language} />
        <SessionList sessions={sessions} language={language} />
        <AccessLog entries={log} language={language} />
      </div>
    </>
  );
}
