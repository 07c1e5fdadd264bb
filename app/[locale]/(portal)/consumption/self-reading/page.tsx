import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { chosenSupply, type SearchParams } from "@/components/consumption/chosen-supply";
import { ConsumptionTabs } from "@/components/consumption/consumption-tabs";
import { SupplyLinks } from "@/components/consumption/supply-links";
import { MeterCard } from "@/components/self-reading/meter-card";
import { ReadingList } from "@/components/self-reading/reading-list";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage } from "@/lib/auth/current";
import { findMeterToRead } from "@/lib/consumption/queries/self-readings";
import { romeDay } from "@/lib/time";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("selfReading"))("title") };
}

interface SelfReadingPageProps {
  searchParams: SearchParams;
}

/** What a customer reads off a meter that does not tell it by itself. */
export default async function SelfReadingPage({ searchParams }: SelfReadingPageProps) {
  const { ctx, contracts, chosen, nameOf } = await chosenSupply(
    "/consumption/self-reading",
    searchParams,
  );
  const t = await getTranslations("selfReading");
  const tNext = await getTranslations("navigation.next");
  const today = romeDay(new Date());
  const meter = chosen
    ? await findMeterToRead(ctx, { companyId: chosen.companyId, contractId: chosen.id }, today)
    : null;
  const language = await currentLanguage();
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      {chosen ? (
        <>
          <ConsumptionTabs contract={nameOf(chosen)} current="self-reading" />
          <SupplyLinks
            contracts={contracts}
            chosen={chosen}
            nameOf={nameOf}
            place="self-reading"
            choice={{}}
          />
        </>
      ) : null}
      {meter ? (
        <>
          <MeterCard meter={meter} today={today} language={language} />
          <Card title={t("listTitle")}>
            <ReadingList meter={meter} language={language} />
          </Card>
        </>
      ) : (
        <EmptyState next={{ href: "/consumption", label: tNext("consumption") }}>
          {t("noWindow")}
        </EmptyState>
      )}
    </>
  );
}
