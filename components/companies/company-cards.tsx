import { getTranslations } from "next-intl/server";
import { CompanyColours } from "@/components/shell/company-colours";
import { LocalLink } from "@/components/ui/local-link";
import type { Company } from "@/lib/companies/queries";

/** The group's companies, each in its colour, with the way to its sample bill and to signing up. */
export async function CompanyCards({ companies }: { companies: Company[] }) {
  const t = await getTranslations("home");
  return (
    <ul className="grid gap-4 @lg:grid-cols-2 @4xl:grid-cols-3">
      {companies.map((company) => (
        <li key={company.slug} className="flex *:flex *:grow">
          <CompanyColours accentColor={company.accentColor}>
            <article className="grow rounded-lg border border-line border-t-4 border-t-accent bg-panel p-5">
              <h3 className="font-semibold text-accent text-lg">{company.name}</h3>
              <p className="mt-1 text-muted text-sm">
                {t("phone", { phone: company.supportPhone })}
              </p>
              <p className="mt-3">
                <LocalLink
                  href={`/start/${company.slug}`}
                  className="inline-block py-1 text-accent underline underline-offset-2"
                >
                  {t("about", { company: company.name })}
                </LocalLink>
              </p>
              <p>
                <LocalLink
                  href={`/sample-bill/${company.slug}`}
                  className="inline-block py-1 text-accent underline underline-offset-2"
                >
                  {t("sampleBill")}
                  <span className="sr-only"> {company.name}</span>
                </LocalLink>
              </p>
              <p>
                <LocalLink
                  href={`/signup?company=${company.slug}`}
                  className="inline-block py-1 text-accent underline underline-offset-2"
                >
                  {t("signupWith")}
                  <span className="sr-only"> {company.name}</span>
                </LocalLink>
              </p>
            </article>
          </CompanyColours>
        </li>
      ))}
    </ul>
  );
}
