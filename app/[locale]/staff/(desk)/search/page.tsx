import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { CustomerSearchForm } from "@/components/support/customer-search-form";
import { FoundContracts } from "@/components/support/found-contracts";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { searchCustomers } from "@/lib/support/commands/search-customers";
import { customerSearchSchema } from "@/lib/support/schema";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("desk.search"))("title") };
}

interface SearchPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** "Did my bill arrive?": the caller's contracts and latest bills, by whatever they can tell. */
export default async function SearchPage({ searchParams }: SearchPageProps) {
  const ctx = await requireStaff();
  const { q } = customerSearchSchema.parse(await searchParams);
  const result = q ? await searchCustomers(ctx, { typed: q }) : null;
  const t = await getTranslations("desk.search");
  const language = await currentLanguage();
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      <CustomerSearchForm
        query={result && !result.ok && result.code === "tax_id" ? "" : (q ?? "")}
      />
      {result && !result.ok ? <Notice tone="danger">{t(`failed.${result.code}`)}</Notice> : null}
      {result?.ok ? <FoundContracts {...result.value} query={q ?? ""} language={language} /> : null}
    </>
  );
}
