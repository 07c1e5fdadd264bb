import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { validate as isUuid } from "uuid";
import { MandateBanner } from "@/components/delivery/mandate-banner";
import { BillTable } from "@/components/documents/bill-table";
import { WithdrawnList } from "@/components/documents/withdrawn-list";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireCustomer } from "@/lib/auth/current";
import { listMandateEnds } from "@/lib/contracts/queries/mandate-ends";
import { listBills } from "@/lib/documents/queries/bills";
import { listWithdrawn } from "@/lib/documents/queries/withdrawals";

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
  const { bills, more, news } = await listBills(ctx, { page, contractId });
  const ends = news.mandateEnds ? await listMandateEnds(ctx) : [];
  const withdrawn = news.withdrawn && page === 0 ? await listWithdrawn(ctx) : [];
  const pageAddress = (number: number) =>
    `/bills?page=${number}${contractId ? `&contract=${contractId}` : ""}`;
  const language = await currentLanguage();
  const t = await getTranslations("bills");
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      <MandateBanner ends={ends} language={language} />
      {contractId ? (
        <p className="mb-4">
          {t("oneContract")}{" "}
          <LocalLink href="/bills" className="text-accent underline">
            {t("allContracts")}
          </LocalLink>
        </p>
      ) : null}
      <WithdrawnList bills={withdrawn} language={language} />
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
