import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { QuestionList } from "@/components/help/question-list";
import { buttonClass } from "@/components/ui/button-class";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { Unbroken } from "@/components/ui/unbroken";
import { currentActor } from "@/lib/auth/current";
import type { Company } from "@/lib/companies/queries";
import { companyAnswers, Offers } from "./company-answers";
import { CompanyCards } from "./company-cards";
import { CompanyContacts } from "./company-contacts";

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
  "directDebit",
] as const;

const HEADING = "mb-4 font-bold text-2xl tracking-tight";

interface StartPageProps {
  /** The group's, or the one whose page it is. */
  companies: Company[];
  names: string;
}

/** What the portal is, how to register, what an electronic bill gives, and the questions asked most. */
export async function StartPage({ companies, names }: StartPageProps) {
  const customer = (await currentActor())?.kind === "customer";
  const t = await getTranslations("home");
  const [only, ...others] = companies;
  const one = others.length === 0 ? only : undefined;
  return (
    <div className="grid gap-14">
      <div>
        <PageHeader title={one ? t("titleOf", { company: one.name }) : t("title")}>
          {t("lead", { companies: names })}
        </PageHeader>
        <p className="flex flex-wrap gap-3">
          {customer ? (
            <LocalLink href="/overview" className={buttonClass()}>
              {(await getTranslations("common"))("toOverview")}
            </LocalLink>
          ) : (
            <>
              <LocalLink
                href={one ? `/signup?company=${one.slug}` : "/signup"}
                className={buttonClass()}
              >
                {t("signup")}
              </LocalLink>
              <LocalLink href="/login" className={buttonClass("quiet")}>
                {t("login")}
              </LocalLink>
            </>
          )}
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
                <h3 className="font-semibold">
                  <Unbroken>{t(`steps.${step}.title`)}</Unbroken>
                </h3>
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
              <h3 className="font-semibold">
                <Unbroken>{t(`gains.${gain}.title`)}</Unbroken>
              </h3>
              <p className="mt-1">{t(`gains.${gain}.text`)}</p>
            </li>
          ))}
        </ul>
        {one ? (
          <div className="mt-5">
            <h3 className="font-semibold">{t("offersTitle")}</h3>
            <Offers companies={companies} />
          </div>
        ) : null}
        <p className="mt-5 text-sm">{t("gainCondition")}</p>
      </section>
      <section aria-labelledby="companies">
        <h2 id="companies" className={HEADING}>
          {t(one ? "companyTitle" : "companiesTitle")}
        </h2>
        {one ? <OneCompany company={one} /> : <CompanyCards companies={companies} />}
      </section>
      <section aria-labelledby="questions" className="max-w-3xl">
        <h2 id="questions" className={HEADING}>
          {t("questionsTitle")}
        </h2>
        <QuestionList questions={QUESTIONS} more={companyAnswers(companies)} />
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

/** How the company is reached, and its pages for whoever is about to register. */
async function OneCompany({ company }: { company: Company }) {
  const t = await getTranslations("home");
  const link = (href: string, text: ReactNode) => (
    <LocalLink href={href} className="inline-block py-1 text-accent underline underline-offset-2">
      {text}
    </LocalLink>
  );
  return (
    <CompanyContacts
      companies={[company]}
      below={({ slug }) => (
        <p className="mt-4 flex flex-wrap gap-x-6">
          {link(`/sample-bill/${slug}`, t("sampleBill"))}
          {link(`/direct-debit/${slug}`, t("directDebit"))}
        </p>
      )}
    />
  );
}
