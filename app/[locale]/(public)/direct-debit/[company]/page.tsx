import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { cache, type ReactNode } from "react";
import { OwnMandates } from "@/components/contracts/own-mandates";
import { CompanyColours } from "@/components/shell/company-colours";
import { publicMetadata } from "@/components/shell/public-metadata";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { currentActor, currentLanguage, requireCustomer, visitor } from "@/lib/auth/current";
import { findCompany } from "@/lib/companies/queries";
import { findHolderName } from "@/lib/contracts/queries/contracts";
import { listMandates } from "@/lib/contracts/queries/mandates";
import { localizedPath } from "@/lib/i18n/languages";

interface DirectDebitPageProps {
  params: Promise<{ company: string }>;
}

const loadCompany = cache(
  async (slug: string) => (await findCompany(visitor().db, slug)) ?? notFound(),
);

export async function generateMetadata({ params }: DirectDebitPageProps): Promise<Metadata> {
  const { slug, name: company } = await loadCompany((await params).company);
  return await publicMetadata(`/direct-debit/${slug}`, {
    title: (await getTranslations("directDebit"))("title", { company }),
    description: { name: "directDebit", company },
  });
}

/**
 * "Domiciliazione bancaria": what a direct debit is and how to get one, for everybody; where the
 * missing-mandate mail (R2, R3) leads. Who is signed in sees and asks for their own here.
 */
export default async function DirectDebitPage({ params }: DirectDebitPageProps) {
  const company = await loadCompany((await params).company);
  const t = await getTranslations("directDebit");
  const language = await currentLanguage();
  const customer = (await currentActor())?.kind === "customer";
  const own = customer ? await loadOwn(company.slug) : null;
  const blankForm = (text: ReactNode) => (
    <a
      href={localizedPath(language, `/direct-debit/${company.slug}/form`)}
      className="text-accent underline"
    >
      {text}
    </a>
  );
  return (
    <CompanyColours accentColor={company.accentColor}>
      <div className="max-w-3xl">
        {customer ? (
          <p className="mb-4" data-print="no">
            <LocalLink href="/contracts" className="text-accent underline">
              {t("back")}
            </LocalLink>
          </p>
        ) : null}
        <PageHeader title={t("title", { company: company.name })}>{t("lead")}</PageHeader>
        <div className="grid gap-6">
          {own ? <OwnMandates company={company} language={language} {...own} /> : null}
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
                {customer
                  ? t("step1Customer")
                  : t.rich("step1", {
                      login: (text) => (
                        <LocalLink
                          href={`/login?next=${encodeURIComponent(localizedPath(language, `/direct-debit/${company.slug}`))}`}
                          className="text-accent underline"
                        >
                          {text}
                        </LocalLink>
                      ),
                      form: blankForm,
                    })}
              </li>
              <li>
                {t.rich("step2", {
                  phone: () => (
                    <a href={`tel:${company.supportPhone.replace(/[^\d+]/g, "")}`}>
                      {company.supportPhone}
                    </a>
                  ),
                  email: () => (
                    <a
                      href={`mailto:${company.senderEmail}`}
                      className="text-accent underline [overflow-wrap:anywhere]"
                    >
                      {company.senderEmail}
                    </a>
                  ),
                })}
              </li>
              <li>{t("step3")}</li>
            </ol>
            {customer ? <p className="mt-4">{t.rich("blankForm", { form: blankForm })}</p> : null}
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
        {customer ? null : (
          <p className="mt-6">
            {t.rich("next", {
              link: (text) => (
                <LocalLink href="/signup" className="text-accent underline">
                  {text}
                </LocalLink>
              ),
            })}
          </p>
        )}
      </div>
    </CompanyColours>
  );
}

async function loadOwn(slug: string) {
  const ctx = await requireCustomer(`/direct-debit/${slug}`);
  const [contracts, holderName] = await Promise.all([listMandates(ctx, slug), findHolderName(ctx)]);
  return { contracts, holderName };
}
