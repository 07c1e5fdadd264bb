import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { chosenSupply, type SearchParams } from "@/components/consumption/chosen-supply";
import { ConsumptionTabs } from "@/components/consumption/consumption-tabs";
import { SupplyLinks } from "@/components/consumption/supply-links";
import { AverageDay } from "@/components/statistics/average-day";
import { EmissionsCard } from "@/components/statistics/emissions-card";
import { ForecastCard } from "@/components/statistics/forecast-card";
import { PriceCard } from "@/components/statistics/price-card";
import { TrendCard } from "@/components/statistics/trend-card";
import { UnusualCard } from "@/components/statistics/unusual-card";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, type requireCustomer } from "@/lib/auth/current";
import { periodOf, spanOf } from "@/lib/consumption/period";
import { listDays, type MeteredContract } from "@/lib/consumption/queries";
import { getAlertState } from "@/lib/consumption/queries/alerts";
import { getBilled } from "@/lib/consumption/queries/billed-parts";
import { findEmissionFactor } from "@/lib/consumption/queries/emission-factors";
import { besideYearBefore, dayStatistics, trendOf } from "@/lib/consumption/statistics/days";
import { forecastNext } from "@/lib/consumption/statistics/forecast";
import { addDays } from "@/lib/time";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("statistics"))("title") };
}

/** Two years and what a year before needs of a third, so that each of the last months has its pair. */
const DAYS_READ = 800;
const DAYS_OF_A_YEAR = 365;

interface StatisticsPageProps {
  searchParams: SearchParams;
}

export default async function StatisticsPage({ searchParams }: StatisticsPageProps) {
  const { ctx, contracts, chosen, nameOf } = await chosenSupply(
    "/consumption/statistics",
    searchParams,
  );
  const t = await getTranslations("statistics");
  const tNext = await getTranslations("navigation.next");
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      {chosen ? (
        <>
          <ConsumptionTabs contract={nameOf(chosen)} current="statistics" />
          <SupplyLinks
            contracts={contracts}
            chosen={chosen}
            nameOf={nameOf}
            place="statistics"
            choice={{}}
          />
        </>
      ) : null}
      {chosen?.lastDay ? (
        <Statistics ctx={ctx} contract={chosen} to={chosen.lastDay} />
      ) : (
        <EmptyState next={{ href: "/consumption", label: tNext("consumption") }}>
          {t("fewData")}
        </EmptyState>
      )}
    </>
  );
}

interface StatisticsProps {
  ctx: Awaited<ReturnType<typeof requireCustomer>>;
  contract: MeteredContract;
  /** Its last day with data, of either direction. */
  to: string;
}

async function Statistics({ ctx, contract, to }: StatisticsProps) {
  const t = await getTranslations("statistics");
  const tNext = await getTranslations("navigation.next");
  const language = await currentLanguage();
  const { commodity, companyId, id: contractId } = contract;
  const key = { companyId, contractId };
  const [both, billed, alert, factor] = await Promise.all([
    listDays(ctx, [key], [{ from: addDays(to, -DAYS_READ), to }]),
    getBilled(ctx, key),
    getAlertState(ctx, key),
    findEmissionFactor(ctx.db, contract, to),
  ]);
  const days = both.filter(({ direction }) => direction === "consumption");
  const last = days.at(-1)?.localDay ?? to;
  const year = dayStatistics(days, { from: addDays(last, 1 - DAYS_OF_A_YEAR), to: last });
  const measured = spanOf(days.filter(({ localDay }) => localDay > addDays(last, -DAYS_OF_A_YEAR)));
  if (!year || !measured) {
    return (
      <EmptyState next={{ href: "/consumption", label: tNext("consumption") }}>
        {t("fewData")}
      </EmptyState>
    );
  }
  const soFar = (kind: "year" | "month") =>
    besideYearBefore(days, { from: periodOf(kind, last).from, to: last });
  const thisMonth = soFar("month");
  return (
    <>
      <AverageDay statistics={year} measured={measured} commodity={commodity} language={language} />
      <TrendCard
        trend={trendOf(days, last)}
        yearToDate={soFar("year")}
        thisMonth={thisMonth}
        usual={year.average * (thisMonth?.days ?? 0)}
        last={last}
        commodity={commodity}
        language={language}
      />
      <ForecastCard
        forecast={forecastNext(billed, days)}
        commodity={commodity}
        language={language}
      />
      <UnusualCard
        contractId={contractId}
        state={alert}
        commodity={commodity}
        byHour={(days.at(-1)?.intervals ?? 1) > 1}
        language={language}
      />
      <PriceCard bills={billed.bills} commodity={commodity} language={language} />
      <EmissionsCard {...{ year, measured, factor }} commodity={commodity} language={language} />
    </>
  );
}
