import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { MandateBanner } from "@/components/delivery/mandate-banner";
import { BillDownloads } from "@/components/documents/bill-downloads";
import { BillFilter } from "@/components/documents/bill-filter";
import { BillPages } from "@/components/documents/bill-pages";
import { BillTable } from "@/components/documents/bill-table";
import { NoBills } from "@/components/documents/no-bills";
import { WithdrawnList } from "@/components/documents/withdrawn-list";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireCustomer } from "@/lib/auth/current";
import { listMandateEnds } from "@/lib/contracts/queries/mandate-ends";
import { openArchive } from "@/lib/documents/queries/bill-list";
import { listWithdrawn } from "@/lib/documents/queries/withdrawals";
import { billFilterSchema, billPageSchema } from "@/lib/documents/schema";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("bills"))("title") };
}

interface BillsPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** The archive: its filter and its page stand in its address. */
export default async function BillsPage({ searchParams }: BillsPageProps) {
  const ctx = await requireCustomer("/bills");
  const asked = await searchParams;
  const filter = billFilterSchema.parse(asked);
  const pages = billPageSchema.parse(asked);
  const { facets, news, ...list } = await openArchive(ctx, { filter, ...pages });
  const filtered = Object.values(filter).some((value) => value !== undefined);
  const first = !filtered && !list.newer;
  const ends = news.mandateEnds ? await listMandateEnds(ctx) : [];
  const withdrawn = news.withdrawn && first ? await listWithdrawn(ctx) : [];
  const language = await currentLanguage();
  const t = await getTranslations("bills");
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      <MandateBanner ends={ends} language={language} />
      <WithdrawnList bills={withdrawn} language={language} />
      {facets.years.length > 0 || filtered ? (
        <BillFilter filter={filter} facets={facets} language={language} />
      ) : null}
      {list.bills.length > 0 ? (
        <>
          <BillTable bills={list.bills} language={language} />
          <BillPages filter={filter} list={list} />
          <BillDownloads filter={filter} language={language} />
        </>
      ) : (
        <NoBills filtered={facets.years.length > 0} />
      )}
    </>
  );
}
