import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { Facts } from "@/components/ui/facts";
import type { Company } from "@/lib/companies/queries";

interface CompanyContactsProps {
  companies: Company[];
  /** What a page adds to a company's contacts. */
  more?: (company: Company) => { label: string; value: ReactNode }[];
  /** Below them. */
  below?: (company: Company) => ReactNode;
}

/** Whom to call or write to, company by company. */
export async function CompanyContacts({ companies, more, below }: CompanyContactsProps) {
  const t = await getTranslations("help.contacts");
  const phone = (number: string) => (
    <a href={`tel:${number.replace(/[^\d+]/g, "")}`} className="text-accent underline">
      {number}
    </a>
  );
  return (
    <ul className="grid gap-4">
      {companies.map((company) => {
        const email = company.replyToEmail ?? company.senderEmail;
        return (
          <li key={company.slug} className="rounded-lg border border-line bg-panel p-5">
            <h3 className="mb-3 font-semibold">{company.name}</h3>
            <Facts
              items={[
                { label: t("support"), value: phone(company.supportPhone) },
                { label: t("fault"), value: phone(company.faultPhone) },
                {
                  label: t("email"),
                  value: (
                    <a href={`mailto:${email}`} className="text-accent underline">
                      {email}
                    </a>
                  ),
                },
                ...(more?.(company) ?? []),
              ]}
            />
            {below?.(company)}
          </li>
        );
      })}
    </ul>
  );
}
