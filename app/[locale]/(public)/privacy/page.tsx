import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { CompanyContacts } from "@/components/companies/company-contacts";
import { publicMetadata } from "@/components/shell/public-metadata";
import { Card } from "@/components/ui/card";
import { DataTable } from "@/components/ui/data-table";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import {
  COMPLAINT_KEPT_YEARS,
  MAIL_OF_NOBODY_KEPT_DAYS,
  SESSION_KEPT_DAYS,
  SIGNUP_KEPT_DAYS,
} from "@/lib/accounts/rules";
import { currentLanguage, visitor } from "@/lib/auth/current";
import { DEVICE_DAYS } from "@/lib/auth/token";
import { listCompanies } from "@/lib/companies/queries";
import { PHOTO_KEPT_DAYS } from "@/lib/consumption/rules";
import { formatDate } from "@/lib/time";

export async function generateMetadata(): Promise<Metadata> {
  const title = (await getTranslations("privacy"))("title");
  return await publicMetadata("/privacy", { title, description: { name: "privacy" } });
}

/** When somebody last compared these words with what is done. */
const REVISED_ON = "2026-11-28";
const WHAT = ["supply", "account", "traces"] as const;
/** The rows of the README's table of retention, in customers' words. */
const KEPT = [
  "bills",
  "supply",
  "account",
  "choices",
  "mails",
  "signups",
  "nobody",
  "links",
  "sessions",
  "exports",
  "limits",
  "complaints",
  "questions",
  "photos",
  "tokens",
  "audit",
] as const;
const RIGHTS = ["access", "correct", "erase", "object", "authority"] as const;
const PAGES = {
  data: "/profile/data",
  profile: "/profile",
  contact: "/contact?topic=privacy",
};
const LIST = "grid list-disc gap-2 pl-5";

/** What is kept, why and for how long; the rights of whom it is about; who answers for it. */
export default async function PrivacyPage() {
  const companies = await listCompanies(visitor().db);
  const t = await getTranslations("privacy");
  const days = {
    signupDays: SIGNUP_KEPT_DAYS,
    mailDays: MAIL_OF_NOBODY_KEPT_DAYS,
    sessionDays: SESSION_KEPT_DAYS,
    complaintYears: COMPLAINT_KEPT_YEARS,
    photoDays: PHOTO_KEPT_DAYS,
  };
  const link = (href: string) => (text: React.ReactNode) => (
    <LocalLink href={href} className="text-accent underline underline-offset-2">
      {text}
    </LocalLink>
  );
  return (
    <div className="max-w-3xl">
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      <div className="grid gap-6">
        <Card title={t("whatTitle")}>
          <ul className={LIST}>
            {WHAT.map((what) => (
              <li key={what}>{t(`what.${what}`)}</li>
            ))}
          </ul>
          <p className="mt-3">{t("never")}</p>
        </Card>
        <Card title={t("keptTitle")}>
          <DataTable
            caption={t("keptCaption")}
            captionHidden
            rows={[...KEPT]}
            rowKey={(row) => row}
            columns={[
              { key: "what", header: t("columns.what"), cell: (row) => t(`kept.${row}.what`) },
              {
                key: "time",
                header: t("columns.time"),
                cell: (row) => t(`kept.${row}.time`, days),
              },
              { key: "then", header: t("columns.then"), cell: (row) => t(`kept.${row}.then`) },
            ]}
          />
        </Card>
        <Card title={t("cookiesTitle")}>
          <p>{t("cookies", { deviceDays: DEVICE_DAYS })}</p>
        </Card>
        <Card title={t("whoSeesTitle")}>
          <p>{t("whoSees")}</p>
        </Card>
        <Card title={t("rightsTitle")}>
          <ul className={LIST}>
            {RIGHTS.map((right) => (
              <li key={right}>
                {t.rich(`rights.${right}`, {
                  data: link(PAGES.data),
                  profile: link(PAGES.profile),
                  contact: link(PAGES.contact),
                })}
              </li>
            ))}
          </ul>
        </Card>
        <section aria-labelledby="companies">
          <h2 id="companies" className="mb-1 font-semibold text-lg">
            {t("whoTitle")}
          </h2>
          <p className="mb-4">{t("whoLead")}</p>
          <CompanyContacts
            companies={companies}
            more={({ vatNumber }) => [{ label: t("vat"), value: vatNumber }]}
          />
        </section>
      </div>
      <p className="mt-6 text-muted text-sm">
        {t("updated", { date: formatDate(REVISED_ON, await currentLanguage()) })}
      </p>
    </div>
  );
}
