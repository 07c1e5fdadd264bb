import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { SignupForm } from "@/components/accounts/signup-form";
import { publicMetadata } from "@/components/shell/public-metadata";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { visitor } from "@/lib/auth/current";
import { listCompanies } from "@/lib/companies/queries";

export async function generateMetadata(): Promise<Metadata> {
  const title = (await getTranslations("signup"))("title");
  return await publicMetadata("/signup", { title, description: { name: "signup" } });
}

interface SignupPageProps {
  searchParams: Promise<{ company?: string | string[] }>;
}

export default async function SignupPage({ searchParams }: SignupPageProps) {
  const { company } = await searchParams;
  const companies = await listCompanies(visitor().db);
  const t = await getTranslations("signup");
  return (
    <div className="max-w-xl">
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      <SignupForm
        companies={companies}
        chosen={companies.find(({ slug }) => slug === company)?.slug}
      />
      <p className="mt-6">
        {t.rich("haveAccount", {
          link: (text) => (
            <LocalLink href="/login" className="text-accent underline">
              {text}
            </LocalLink>
          ),
        })}
      </p>
    </div>
  );
}
