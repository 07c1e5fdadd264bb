import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { chosenSupply, type SearchParams } from "@/components/consumption/chosen-supply";
import { ConsumptionTabs } from "@/components/consumption/consumption-tabs";
import { SupplyLinks } from "@/components/consumption/supply-links";
import { ExportForm } from "@/components/exports/export-form";
import { ExtentFacts } from "@/components/exports/extent-facts";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage } from "@/lib/auth/current";
import { findDataExtent } from "@/lib/consumption/queries/data-extent";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("exports"))("title") };
}

interface ExportPageProps {
  searchParams: SearchParams;
}

export default async function ExportPage({ searchParams }: ExportPageProps) {
  const { ctx, contracts, chosen, nameOf } = await chosenSupply(
    "/consumption/export",
    searchParams,
  );
  const t = await getTranslations("exports");
  const language = await currentLanguage();
  const extent =
    chosen && (await findDataExtent(ctx, { companyId: chosen.companyId, contractId: chosen.id }));
  const tNext = await getTranslations("navigation.next");
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      {chosen ? (
        <>
          <ConsumptionTabs contract={nameOf(chosen)} current="export" />
          <SupplyLinks
            contracts={contracts}
            chosen={chosen}
            nameOf={nameOf}
            place="export"
            choice={{}}
          />
        </>
      ) : null}
      {chosen && extent ? (
        <div className="grid gap-6">
          <Card title={t("extent.title")}>
            <ExtentFacts extent={extent} language={language} />
            {chosen.commodity === "gas" ? (
              <p className="mt-3 max-w-prose text-muted text-sm">{t("gasDay")}</p>
            ) : null}
          </Card>
          <Card title={t("form")}>
            <ExportForm
              contract={nameOf(chosen)}
              known={{ from: extent.firstDay, to: extent.lastDay }}
              language={language}
            />
          </Card>
        </div>
      ) : (
        <EmptyState next={{ href: "/consumption", label: tNext("consumption") }}>
          {t("none")}
        </EmptyState>
      )}
    </>
  );
}
