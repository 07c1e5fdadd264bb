import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { ConsumptionTabs } from "@/components/consumption/consumption-tabs";
import { ExportForm } from "@/components/exports/export-form";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireCustomer } from "@/lib/auth/current";
import { listMeteredContracts } from "@/lib/consumption/queries";
import { chooseContract, consumptionAddress } from "@/lib/consumption/schema";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("exports"))("title") };
}

interface ExportPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function ExportPage({ searchParams }: ExportPageProps) {
  const ctx = await requireCustomer("/consumption/export");
  const t = await getTranslations("exports");
  const asked = consumptionAddress.parse(await searchParams);
  const contracts = await listMeteredContracts(ctx);
  const { chosen, nameOf } = chooseContract(contracts, asked.contract);
  if (asked.contract && !chosen) {
    notFound();
  }
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
