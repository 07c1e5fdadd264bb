import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { BillDownloads } from "@/components/documents/bill-downloads";
import { BillFilter } from "@/components/documents/bill-filter";
import { BillTable } from "@/components/documents/bill-table";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage } from "@/lib/auth/current";
import type { BillFacets, BillListItem } from "@/lib/documents/queries/bill-list";

/*
 * The limit of `bench list`: the bill list's layout, proxy, texts and markup, rendered for every
 * request, but from a constant instead of a session and a query. What the real page costs more is
 * what reading the session row and 24 bills costs.
 */

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("bills"))("title") };
}

const BILLS: BillListItem[] = Array.from({ length: 24 }, (_, index) => ({
  id: `00000000-0000-7000-8000-0000000000${String(index).padStart(2, "0")}`,
  kind: "bill",
  billNumber: `BENCH-${1000 + index}`,
  contractNumber: "BENCH-C-1",
  commodity: "electricity",
  companyName: "Bench Energia",
  issueDate: "2026-10-20",
  dueDate: "2026-11-12",
  periodFrom: "2026-09-01",
  periodTo: "2026-09-30",
  totalCents: 8_000 + index * 137,
  paymentStatus: "paid",
}));

const FACETS: BillFacets = {
  years: [2026, 2025, 2024],
  kinds: ["bill"],
  states: ["paid"],
  contracts: [{ id: BILLS[0]?.id ?? "", number: "BENCH-C-1", commodity: "electricity" }],
};

export default async function BillsLimitPage() {
  const language = await currentLanguage();
  const t = await getTranslations("bills");
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      <BillFilter filter={{}} facets={FACETS} language={language} />
      <BillTable bills={BILLS} language={language} />
      <BillDownloads filter={{}} language={language} />
    </>
  );
}
