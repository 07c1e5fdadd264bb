import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { cache } from "react";
import { SAMPLE_FIELDS, SampleBill } from "@/components/companies/sample-bill";
import { CompanyColours } from "@/components/shell/company-colours";
import { publicMetadata } from "@/components/shell/public-metadata";
import { buttonClass } from "@/components/ui/button-class";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, visitor } from "@/lib/auth/current";
import { findMainCommodity, listCompanies } from "@/lib/companies/queries";

const loadCompanies = cache(() => listCompanies(visitor().db));

interface SampleBillPageProps {
  params: Promise<{ company: string }>;
}

export async function generateMetadata({ params }: SampleBillPageProps): Promise<Metadata> {
  const { company: slug } = await params;
  const company = (await loadCompanies()).find((candidate) => candidate.slug === slug);
  const t = await getTranslations("sampleBill");
  return company
    ? await publicMetadata(`/sample-bill/${slug}`, {
        title: t("title", { company: company.name }),
        description: { name: "sampleBill", company: company.name },
      })
    : {};
}

export default async function SampleBillPage({ params }: SampleBillPageProps) {
  const { company: slug } = await params;
  const companies = await loadCompanies();
  const company = companies.find((candidate) => candidate.slug === slug);
  if (!company) {
    notFound();
  }
  const commodity = await findMainCommodity(visitor().db, company.id);
  const language = await currentLanguage();
  const t = await getTranslations("sampleBill");
  const about = { company: company.name, example: company.customerCodeExample };
  return (
    <CompanyColours accentColor={company.accentColor}>
      <PageHeader title={t("title", { company: company.name })}>{t("lead")}</PageHeader>
      <div className="grid items-start gap-8 @4xl:grid-cols-[3fr_2fr]">
        <SampleBill company={company} commodity={commodity} language={language} />
        <section aria-labelledby="find">
          <h2 id="find" className="mb-4 font-semibold text-lg">
            {t("find")}
          </h2>
          <ol className="grid gap-5">
            {SAMPLE_FIELDS.map((field, index) => (
              <li key={field} className="flex gap-3">
                <span
                  aria-hidden="true"
                  className="grid size-7 shrink-0 place-items-center rounded-full bg-accent font-semibold text-on-accent"
                >
                  {index + 1}
                </span>
                <div>
                  <h3 className="font-semibold">{t(`fields.${field}.name`)}</h3>
                  <p className="mt-0.5 text-muted">{t(`fields.${field}.text`, about)}</p>
                </div>
              </li>
            ))}
          </ol>
          <p className="mt-5 border-warning border-l-4 bg-warning-soft p-3">
            {t("notThis", { code: t(`pointNames.${commodity}`) })}
          </p>
          <p className="mt-6">
            <LocalLink href={`/signup?company=${company.slug}`} className={buttonClass()}>
              {t("signup", { company: company.name })}
            </LocalLink>
          </p>
        </section>
      </div>
      <nav aria-labelledby="others" className="mt-12">
        <h2 id="others" className="mb-2 font-semibold">
          {t("others")}
        </h2>
        <ul className="flex flex-wrap gap-x-5">
          {companies
            .filter((other) => other.slug !== company.slug)
            .map((other) => (
              <li key={other.slug}>
                <LocalLink
                  href={`/sample-bill/${other.slug}`}
                  className="inline-block py-1 text-accent underline underline-offset-2"
                >
                  {other.name}
                </LocalLink>
              </li>
            ))}
        </ul>
      </nav>
    </CompanyColours>
  );
}
