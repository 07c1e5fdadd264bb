import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { chosenSupply, type SearchParams } from "@/components/consumption/chosen-supply";
import { ConsumptionTabs } from "@/components/consumption/consumption-tabs";
import { ExportForm } from "@/components/exports/export-form";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage } from "@/lib/auth/current";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("exports"))("title") };
}

interface ExportPageProps {
  searchParams: SearchParams;
}

export default async function ExportPage({ searchParams }: ExportPageProps) {
  const { contracts, chosen, nameOf } = await chosenSupply("/consumption/export", searchParams);
  const t = await getTranslations("exports");
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      {chosen ? <ConsumptionTabs contract={nameOf(chosen)} current="export" /> : null}
      {chosen && contracts.some(({ firstDay }) => firstDay) ? (
        <Card>
          <ExportForm
            contracts={contracts.filter(({ firstDay }) => firstDay)}
            chosen={chosen}
            nameOf={nameOf}
            language={await currentLanguage()}
          />
        </Card>
      ) : (
        <Notice>{t("none")}</Notice>
      )}
    </>
  );
}
