import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { cache } from "react";
import { CompanyColours } from "@/components/shell/company-colours";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { visitor } from "@/lib/auth/current";
import { findCompany } from "@/lib/companies/queries";

interface DirectDebitPageProps {
  params: Promise<{ company: string }>;
}

const loadCompany = cache(
  async (slug: string) => (await findCompany(visitor().db, slug)) ?? notFound(),
);

export async function generateMetadata({ params }: DirectDebitPageProps): Promise<Metadata> {
  const company = await loadCompany((await params).company);
  return { title: (await getTranslations("directDebit"))("title", { company: company.name }) };
}

/** What a direct debit is and how to get one; where the missing-mandate mail (R2, R3) leads. */
export default async function DirectDebitPage({ params }: DirectDebitPageProps) {
  const company = await loadCompany((await params).company);
  const t = await getTranslations("directDebit");
  return (
    <CompanyColours accentColor={company.accentColor}>
      <div className="max-w-3xl">
        <PageHeader title={t("title", { company: company.name })}>{t("lead")}</PageHeader>
        <div className="grid gap-6">
          <Card title={t("what")}>
            <p>{t("whatText", { company: company.name })}</p>
          </Card>
          <Card title={t("why")}>
            <p>{t("whyText")}</p>
          </Card>
          <Card title={t("need")}>
            <ul className="grid list-disc gap-1 pl-5">
              <li>{t("need1")}</li>
              <li>{t("need2")}</li>
              <li>{t("need3")}</li>
            </ul>
          </Card>
          <Card title={t("how")}>
            <ol className="grid list-decimal gap-2 pl-5">
              <li>
                {t.rich("step1", {
                  phone: () => (
                    <a href={`tel:${company.supportPhone.replace(/[^\d+]/g, "")}`}>
                      {company.supportPhone}
                    </a>
                  ),
                  email: () => <a href={`mailto:${company.senderEmail}`}>{company.senderEmail}</a>,
                })}
              </li>
              <li>{t("step2")}</li>
              <li>{t("step3")}</li>
            </ol>
          </Card>
          <Card title={t("creditor")}>
            <Facts
              items={[
                { label: t("creditorName"), value: company.name },
                { label: t("creditorId"), value: company.creditorId },
              ]}
            />
          </Card>
        </div>
        <p className="mt-6">
          {t.rich("next", {
            link: (text) => (
              <LocalLink href="/signup" className="text-accent underline">
                {text}
              </LocalLink>
            ),
          })}
        </p>
      </div>
    </CompanyColours>
  );
}
