import { getTranslations } from "next-intl/server";
import { LocalLink } from "@/components/ui/local-link";
import { currentLanguage, visitor } from "@/lib/auth/current";
import { type Company, listDiscounts } from "@/lib/companies/queries";
import { offerWords } from "@/lib/delivery/words";
import { romeDay } from "@/lib/time";

/** What follows the answers that differ from company to company. */
export const companyAnswers = (companies: Company[]) => ({
  codes: <CompanyPages companies={companies} which="samples" />,
  directDebit: <CompanyPages companies={companies} which="directDebits" />,
  discount: <Offers companies={companies} />,
});

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
export async function Offers({ companies }: { companies: Company[] }) {
  const language = await currentLanguage();
  const [t, tBills, tDelivery] = await Promise.all([
    getTranslations("help"),
    getTranslations("bills"),
    getTranslations("delivery"),
  ]);
  const names = new Set(companies.map(({ name }) => name));
  const discounts = await listDiscounts(visitor().db, romeDay(new Date()));
  return (
    <ul className={LIST}>
      {discounts
        .filter(({ company }) => names.has(company))
        .map((discount) => (
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
