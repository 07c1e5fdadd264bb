import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { CompanyContacts } from "@/components/companies/company-contacts";
import { QUESTIONS, QuestionList } from "@/components/help/question-list";
import { publicMetadata } from "@/components/shell/public-metadata";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, visitor } from "@/lib/auth/current";
import { type Company, listCompanies, listDiscounts } from "@/lib/companies/queries";
import { offerWords } from "@/lib/delivery/words";
import { romeDay } from "@/lib/time";

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
            {t(`groups.${group}`)}
          </h2>
          <QuestionList
            questions={QUESTIONS[group]}
            more={{
              codes: <CompanyPages companies={companies} which="samples" />,
              directDebit: <CompanyPages companies={companies} which="directDebits" />,
              discount: <Offers />,
            }}
          />
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

const LIST = "mt-3 grid list-disc gap-1 pl-5";

interface CompanyPagesProps {
  companies: Company[];
  which: "samples" | "directDebits";
}

/** Each company's sample bill, or its page about direct debits. */
async function CompanyPages({ companies, which }: CompanyPagesProps) {
  const t = await getTranslations("help");
  const page = which === "samples" ? "sample-bill" : "direct-debit";
  return (
    <ul className={LIST}>
      {companies.map(({ slug, name }) => (
        <li key={slug}>
          <LocalLink
            href={`/${page}/${slug}`}
            className="inline-block py-0.5 text-accent underline underline-offset-2"
          >
            {t(which, { company: name })}
          </LocalLink>
        </li>
      ))}
    </ul>
  );
}

/** What an electronic bill earns today, by company and service (R13). */
async function Offers() {
  const language = await currentLanguage();
  const [t, tBills, tDelivery] = await Promise.all([
    getTranslations("help"),
    getTranslations("bills"),
    getTranslations("delivery"),
  ]);
  const discounts = await listDiscounts(visitor().db, romeDay(new Date()));
  return (
    <ul className={LIST}>
      {discounts.map((discount) => (
        <li key={discount.id}>
          {t("offer", {
            company: discount.company,
            commodity: tBills(`commodity.${discount.commodity}`),
            offer: offerWords(tDelivery, discount, language) ?? "",
          })}
        </li>
      ))}
    </ul>
  );
}
