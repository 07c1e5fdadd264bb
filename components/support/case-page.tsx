import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { CompanyContacts } from "@/components/companies/company-contacts";
import { Card } from "@/components/ui/card";
import { LocalLink } from "@/components/ui/local-link";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { currentActor, currentLanguage, requireCustomer, visitor } from "@/lib/auth/current";
import { listCompanies } from "@/lib/companies/queries";
import { listContracts } from "@/lib/contracts/queries/contracts";
import { localizedPath } from "@/lib/i18n/languages";
import { listOwnCases } from "@/lib/support/queries/cases";
import { ANSWER_DAYS } from "@/lib/support/rules";
import { type CaseKind, type CaseTopic, PAGE_OF_KIND } from "@/lib/support/schema";
import { CaseForm, OwnCaseForm } from "./case-form";
import { OwnCases } from "./own-cases";

interface CasePageProps {
  kind: CaseKind;
  topic?: CaseTopic;
  /** A supply of the customer's, chosen by the link that led here. */
  contractId?: string;
}

/** Where people complain or ask: anybody by a form, whoever is signed in about one of their supplies. */
export async function CasePage({ kind, topic, contractId }: CasePageProps) {
  const companies = await listCompanies(visitor().db);
  const t = await getTranslations("cases");
  const language = await currentLanguage();
  const own = (await currentActor())?.kind === "customer" ? await loadOwn(kind) : null;
  const here = `${localizedPath(language, PAGE_OF_KIND[kind])}${contractId ? `?contract=${contractId}` : ""}`;
  const login = `/login?next=${encodeURIComponent(here)}`;
  return (
    <div className="max-w-3xl">
      <PageHeader title={t(`${kind}.title`)}>
        {t.rich(`${kind}.lead`, { days: ANSWER_DAYS, help: linkTo("/help") })}
      </PageHeader>
      <Notice>
        {t("urgent")}
        {own ? null : (
          <span className="mt-2 block">{t.rich("signIn", { link: linkTo(login) })}</span>
        )}
      </Notice>
      <div className="grid gap-6">
        <Card title={t(`${kind}.formTitle`)}>
          {own && own.contracts.length > 0 ? (
            <OwnCaseForm
              kind={kind}
              topic={topic}
              contracts={own.contracts}
              contractId={contractId}
              email={own.email}
            />
          ) : (
            <CaseForm kind={kind} topic={topic} companies={companies} />
          )}
        </Card>
        {own && own.cases.length > 0 ? (
          <Card title={t(`${kind}.listTitle`)}>
            <OwnCases kind={kind} cases={own.cases} language={language} />
          </Card>
        ) : null}
        {kind === "complaint" ? (
          <Card title={t("afterTitle")}>
            <p>{t("after")}</p>
          </Card>
        ) : null}
        <section aria-labelledby="phones">
          <h2 id="phones" className="mb-4 font-semibold text-lg">
            {t("phonesTitle")}
          </h2>
          <CompanyContacts companies={companies} />
        </section>
      </div>
    </div>
  );
}

const linkTo = (href: string) => (text: ReactNode) => (
  <LocalLink href={href} className="text-accent underline underline-offset-2">
    {text}
  </LocalLink>
);

async function loadOwn(kind: CaseKind) {
  const ctx = await requireCustomer(PAGE_OF_KIND[kind]);
  const [contracts, cases] = await Promise.all([listContracts(ctx), listOwnCases(ctx, { kind })]);
  return { contracts, cases, email: ctx.actor.email };
}
