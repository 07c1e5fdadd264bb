import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { validate as isUuid } from "uuid";
import { BillTable } from "@/components/documents/bill-table";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireCustomer } from "@/lib/auth/current";
import { listBills } from "@/lib/documents/queries";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("bills"))("title") };
}

interface BillsPageProps {
  searchParams: Promise<{ page?: string; contract?: string }>;
}

export default async function BillsPage({ searchParams }: BillsPageProps) {
  const ctx = await requireCustomer("/bills");
  const { page: askedPage, contract } = await searchParams;
  const asked = Number(askedPage);
  const page = Number.isInteger(asked) && asked > 1 && asked < 10_000 ? asked - 1 : 0;
  const contractId = isUuid(contract) ? contract : undefined;
  const { bills, more } = await listBills(ctx, { page, contractId });
  const pageAddress = (number: number) =>
    `/bills?page=${number}${contractId ? `&contract=${contractId}` : ""}`;
  const language = await currentLanguage();
  const t = await getTranslations("bills");
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      {contractId ? (
        <p className="mb-4">
          {t("oneContract")}{" "}
          <LocalLink href="/bills" className="text-accent underline">
            {t("allContracts")}
          </LocalLink>
        </p>
      ) : null}
      <BillTable bills={bills} language={language} />
      <nav aria-label={t("pages")} className="mt-6 flex gap-6">
        {page > 0 ? (
          <LocalLink href={pageAddress(page)} className="text-accent underline">
            {t("newer")}
          </LocalLink>
        ) : null}
        {more ? (
          <LocalLink href={pageAddress(page + 2)} className="text-accent underline">
            {t("older")}
          </LocalLink>
        ) : null}
      </nav>
    </>
  );
}
