import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { BillTable } from "@/components/documents/bill-table";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireCustomer } from "@/lib/auth/current";
import { listBills } from "@/lib/documents/queries";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("bills"))("title") };
}

interface BillsPageProps {
  searchParams: Promise<{ page?: string }>;
}

export default async function BillsPage({ searchParams }: BillsPageProps) {
  const ctx = await requireCustomer("/bills");
  const asked = Number((await searchParams).page);
  const page = Number.isInteger(asked) && asked > 1 && asked < 10_000 ? asked - 1 : 0;
  const { bills, more } = await listBills(ctx, { page });
  const language = await currentLanguage();
  const t = await getTranslations("bills");
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      <BillTable bills={bills} language={language} />
      <nav aria-label={t("pages")} className="mt-6 flex gap-6">
        {page > 0 ? (
          <LocalLink href={`/bills?page=${page}`} className="text-accent underline">
            {t("newer")}
          </LocalLink>
        ) : null}
        {more ? (
          <LocalLink href={`/bills?page=${page + 2}`} className="text-accent underline">
            {t("older")}
          </LocalLink>
        ) : null}
      </nav>
    </>
  );
}
