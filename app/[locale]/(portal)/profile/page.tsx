import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { DeletionForm } from "@/components/accounts/deletion-form";
import { LanguageForm } from "@/components/accounts/language-form";
import { buttonClass } from "@/components/ui/button-class";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { getProfile } from "@/lib/accounts/queries";
import { currentLanguage, requireCustomer } from "@/lib/auth/current";
import { findSecondFactor } from "@/lib/auth/second-factor";
import { listOwnSessions } from "@/lib/auth/sessions";
import { listDeliveries } from "@/lib/delivery/queries";
import { formatDate, romeDay } from "@/lib/time";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("profile"))("title") };
}

export default async function ProfilePage() {
  const ctx = await requireCustomer("/profile");
  const [profile, deliveries, factor, sessions] = await Promise.all([
    getProfile(ctx),
    listDeliveries(ctx),
    findSecondFactor(ctx),
    listOwnSessions(ctx),
  ]);
  const language = await currentLanguage();
  const t = await getTranslations("profile");
  const access = await getTranslations("access");
  const ownData = await getTranslations("ownData");
  const tokens = await getTranslations("tokens");
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      <div className="grid gap-6">
        <Card title={t("identityTitle")}>
          <Facts
            items={[
              { label: t("name"), value: profile.name },
              { label: t("taxId"), value: profile.maskedTaxId },
              { label: t("email"), value: profile.email },
              { label: t("since"), value: formatDate(romeDay(profile.createdAt), language) },
            ]}
          />
        </Card>
        <Card title={t("emailTitle")}>
          <p className="max-w-prose">{t("emailWhy")}</p>
          <p className="mt-3 max-w-prose">
            {t.rich("emailWay", {
              link: (text) => (
                <LocalLink href="/delivery" className="text-accent underline">
                  {text}
                </LocalLink>
              ),
            })}
          </p>
        </Card>
        <Card title={access("pageTitle")}>
          <p className="mb-4 max-w-prose">
            {access("glance", { state: factor.state, sessions: sessions.length })}
          </p>
          <LocalLink href="/profile/access" className={buttonClass("quiet")}>
            {access("open")}
          </LocalLink>
        </Card>
        <Card title={ownData("title")}>
          <p className="mb-4 max-w-prose">{ownData("lead")}</p>
          <LocalLink href="/profile/data" className={buttonClass("quiet")}>
            {ownData("open")}
          </LocalLink>
        </Card>
        <Card title={tokens("title")}>
          <p className="mb-4 max-w-prose">{tokens("glance")}</p>
          <LocalLink href="/profile/tokens" className={buttonClass("quiet")}>
            {tokens("open")}
          </LocalLink>
        </Card>
        <Card title={t("languageTitle")}>
          <LanguageForm language={profile.language} />
        </Card>
      </div>
      <DeletionForm deliveries={deliveries} language={language} />
    </>
  );
}
