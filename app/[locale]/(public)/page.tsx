import type { Metadata } from "next";
import { getLocale, getTranslations } from "next-intl/server";
import { cache } from "react";
import { CompanyCards } from "@/components/companies/company-cards";
import { QuestionList } from "@/components/help/question-list";
import { publicMetadata } from "@/components/shell/public-metadata";
import { buttonClass } from "@/components/ui/button-class";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { visitor } from "@/lib/auth/current";
import { listCompanies } from "@/lib/companies/queries";

const STEPS = ["bill", "form", "mail", "choose"] as const;
const GAINS = ["soon", "discount", "archive"] as const;
const QUESTIONS = [
  "optional",
  "paper",
  "change",
  "cutOff",
  "address",
  "email",
  "otherTaxId",
  "codes",
] as const;

const HEADING = "mb-4 font-bold text-2xl tracking-tight";

const loadCompanies = cache(async () => {
  const companies = await listCompanies(visitor().db);
  const names = companies.map(({ name }) => name);
  return { companies, names: new Intl.ListFormat(await getLocale()).format(names) };
});

export async function generateMetadata(): Promise<Metadata> {
  const { names } = await loadCompanies();
  const title = { absolute: (await getTranslations("common"))("appName") };
  return await publicMetadata("/", { title, description: { name: "home", companies: names } });
}

export default async function HomePage() {
  const { companies, names } = await loadCompanies();
  const t = await getTranslations("home");
  return (
    <div className="grid gap-14">
      <div>
        <PageHeader title={t("title")}>{t("lead", { companies: names })}</PageHeader>
        <p className="flex flex-wrap gap-3">
          <LocalLink href="/signup" className={buttonClass()}>
            {t("signup")}
          </LocalLink>
          <LocalLink href="/login" className={buttonClass("quiet")}>
            {t("login")}
          </LocalLink>
        </p>
      </div>
      <section aria-labelledby="steps">
        <h2 id="steps" className={HEADING}>
          {t("stepsTitle")}
        </h2>
        <ol className="grid gap-4 @lg:grid-cols-2">
          {STEPS.map((step, index) => (
            <li key={step} className="flex gap-4 rounded-lg border border-line bg-panel p-5">
              <span
                aria-hidden="true"
                className="grid size-9 shrink-0 place-items-center rounded-full bg-accent font-bold text-on-accent"
              >
                {index + 1}
              </span>
              <div>
                <h3 className="font-semibold">{t(`steps.${step}.title`)}</h3>
                <p className="mt-1 text-muted">{t(`steps.${step}.text`)}</p>
              </div>
            </li>
          ))}
        </ol>
      </section>
      <section aria-labelledby="gains" className="rounded-lg bg-accent-soft p-6 sm:p-8">
        <h2 id="gains" className={HEADING}>
          {t("gainTitle")}
        </h2>
        <ul className="grid gap-6 @2xl:grid-cols-3">
          {GAINS.map((gain) => (
            <li key={gain}>
              <h3 className="font-semibold">{t(`gains.${gain}.title`)}</h3>
              <p className="mt-1">{t(`gains.${gain}.text`)}</p>
            </li>
          ))}
        </ul>
        <p className="mt-5 text-sm">{t("gainCondition")}</p>
      </section>
      <section aria-labelledby="companies">
        <h2 id="companies" className={HEADING}>
          {t("companiesTitle")}
        </h2>
        <CompanyCards companies={companies} />
      </section>
      <section aria-labelledby="questions" className="max-w-3xl">
        <h2 id="questions" className={HEADING}>
          {t("questionsTitle")}
        </h2>
        <QuestionList questions={QUESTIONS} />
        <p className="mt-4">
          <LocalLink
            href="/help"
            className="inline-block py-1 text-accent underline underline-offset-2"
          >
            {t("allQuestions")}
          </LocalLink>
        </p>
      </section>
    </div>
  );
}
