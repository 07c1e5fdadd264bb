import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { cache } from "react";
import { StartPage } from "@/components/companies/start-page";
import { CompanyColours } from "@/components/shell/company-colours";
import { publicMetadata } from "@/components/shell/public-metadata";
import { visitor } from "@/lib/auth/current";
import { findCompany } from "@/lib/companies/queries";

interface CompanyStartPageProps {
  params: Promise<{ company: string }>;
}

const load = cache(async (slug: string) => (await findCompany(visitor().db, slug)) ?? notFound());

export async function generateMetadata({ params }: CompanyStartPageProps): Promise<Metadata> {
  const { slug, name } = await load((await params).company);
  const t = await getTranslations("home");
  return await publicMetadata(`/start/${slug}`, {
    title: t("titleOf", { company: name }),
    description: { name: "homeOf", company: name },
  });
}

/** The start page that a company's own site leads to: in its colour, with its discounts and contacts alone. */
export default async function CompanyStartPage({ params }: CompanyStartPageProps) {
  const company = await load((await params).company);
  return (
    <CompanyColours accentColor={company.accentColor}>
      <StartPage companies={[company]} names={company.name} />
    </CompanyColours>
  );
}
