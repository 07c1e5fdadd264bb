import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { companyAnswers } from "@/components/companies/company-answers";
import { CompanyContacts } from "@/components/companies/company-contacts";
import { QUESTIONS, QuestionList } from "@/components/help/question-list";
import { publicMetadata } from "@/components/shell/public-metadata";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { Unbroken } from "@/components/ui/unbroken";
import { visitor } from "@/lib/auth/current";
import { listCompanies } from "@/lib/companies/queries";

export async function generateMetadata(): Promise<Metadata> {
  const title = (await getTranslations("help"))("title");
  return await publicMetadata("/help", { title, description: { name: "help" } });
}

const GROUPS = ["bills", "access", "account"] as const;
const HEADING = "mb-4 font-bold text-2xl tracking-tight";

/** Questions and answers, and whom to ask what is not among them. */
export default async function HelpPage() {
  const { db } = visitor();
  const companies = await listCompanies(db);
  const t = await getTranslations("help");
  return (
    <div className="grid max-w-3xl gap-10">
      <div className="-mb-8">
        <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      </div>
      {GROUPS.map((group) => (
        <section key={group} aria-labelledby={group}>
          <h2 id={group} className={HEADING}>
            <Unbroken>{t(`groups.${group}`)}</Unbroken>
          </h2>
          <QuestionList questions={QUESTIONS[group]} more={companyAnswers(companies)} />
        </section>
      ))}
      <section aria-labelledby="contacts">
        <h2 id="contacts" className={HEADING}>
          {t("contactTitle")}
        </h2>
        <p className="mb-4">
          {t.rich("contactLead", {
            contact: linkTo("/contact"),
            complaints: linkTo("/complaints"),
          })}
        </p>
        <CompanyContacts companies={companies} />
      </section>
    </div>
  );
}

const linkTo = (href: string) => (text: ReactNode) => (
  <LocalLink href={href} className="text-accent underline underline-offset-2">
    {text}
  </LocalLink>
);
