import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { cache } from "react";
import { PassportCard } from "@/components/dispatches/passport-card";
import { CompanyColours } from "@/components/shell/company-colours";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireCustomer } from "@/lib/auth/current";
import { findPassport } from "@/lib/dispatches/queries/passport";

interface PassportPageProps {
  params: Promise<{ id: string }>;
}

const loadPassport = cache(async (id: string) => {
  const passport = await findPassport(await requireCustomer(`/bills/${id}/delivery`), id);
  return passport ?? notFound();
});

export async function generateMetadata({ params }: PassportPageProps): Promise<Metadata> {
  const { document } = await loadPassport((await params).id);
  const t = await getTranslations("passport");
  return { title: t("title", { bill: document.billNumber }) };
}

/** How a bill came to its reader: the passport of its sending (R18). */
export default async function PassportPage({ params }: PassportPageProps) {
  const passport = await loadPassport((await params).id);
  const { document } = passport;
  const t = await getTranslations("passport");
  return (
    <CompanyColours accentColor={document.accentColor}>
      <PageHeader title={t("title", { bill: document.billNumber })}>
        {t("lead", { company: document.companyName, contract: document.contractNumber })}
      </PageHeader>
      <PassportCard
        passport={passport}
        language={await currentLanguage()}
        mailsAt="/notifications"
      />
      <p className="mt-6 max-w-3xl text-muted">
        {t.rich("questions", {
          phone: document.supportPhone,
          call: (number) => (
            <a href={`tel:${document.supportPhone.replace(/[^\d+]/g, "")}`}>{number}</a>
          ),
          link: (text) => (
            <LocalLink href="/delivery" className="text-accent underline">
              {text}
            </LocalLink>
          ),
        })}
      </p>
    </CompanyColours>
  );
}
