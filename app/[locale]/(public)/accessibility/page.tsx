import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { CompanyContacts } from "@/components/companies/company-contacts";
import { publicMetadata } from "@/components/shell/public-metadata";
import { Card } from "@/components/ui/card";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, visitor } from "@/lib/auth/current";
import { listCompanies } from "@/lib/companies/queries";
import { formatDate } from "@/lib/time";

export async function generateMetadata(): Promise<Metadata> {
  const title = (await getTranslations("accessibility"))("title");
  return await publicMetadata("/accessibility", { title, description: { name: "accessibility" } });
}

/** When somebody last compared these words with the pages. */
const REVISED_ON = "2026-11-28";
const MET = ["keyboard", "reader", "zoom", "contrast", "charts", "script", "languages"] as const;
const LIMITS = ["pdf", "mail"] as const;
const LIST = "grid list-disc gap-1 pl-5";

/** What is accessible, what may not be, how to tell us, and each company's own statement. */
export default async function AccessibilityPage() {
  const companies = await listCompanies(visitor().db);
  const t = await getTranslations("accessibility");
  return (
    <div className="max-w-3xl">
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      <div className="grid gap-6">
        <Card title={t("metTitle")}>
          <p className="mb-3">{t("metLead")}</p>
          <ul className={LIST}>
            {MET.map((point) => (
              <li key={point}>{t(`met.${point}`)}</li>
            ))}
          </ul>
        </Card>
        <Card title={t("howTitle")}>
          <p>{t("how")}</p>
        </Card>
        <Card title={t("limitsTitle")}>
          <ul className={LIST}>
            {LIMITS.map((limit) => (
              <li key={limit}>{t(`limits.${limit}`)}</li>
            ))}
          </ul>
        </Card>
        <Card title={t("reportTitle")}>
          <p>
            {t.rich("report", {
              contact: (text) => (
                <LocalLink
                  href="/contact?topic=accessibility"
                  className="text-accent underline underline-offset-2"
                >
                  {text}
                </LocalLink>
              ),
            })}
          </p>
          <p className="mt-3">{t("authority")}</p>
        </Card>
        <section aria-labelledby="companies">
          <h2 id="companies" className="mb-4 font-semibold text-lg">
            {t("companiesTitle")}
          </h2>
          <CompanyContacts
            companies={companies}
            below={({ name, accessibilityUrl }) =>
              accessibilityUrl ? (
                <p className="mt-4">
                  <a href={accessibilityUrl} className="text-accent underline">
                    {t("statement", { company: name })}
                  </a>
                </p>
              ) : null
            }
          />
        </section>
      </div>
      <p className="mt-6 text-muted text-sm">
        {t("updated", { date: formatDate(REVISED_ON, await currentLanguage()) })}
      </p>
    </div>
  );
}
