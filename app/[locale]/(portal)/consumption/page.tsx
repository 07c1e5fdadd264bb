import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { FillPatterns } from "@/components/charts/fill-patterns";
import { chosenSupply, type SearchParams } from "@/components/consumption/chosen-supply";
import { ConsumptionTabs } from "@/components/consumption/consumption-tabs";
import { PeriodLinks } from "@/components/consumption/period-links";
import { periodWords } from "@/components/consumption/period-words";
import { SupplyCards } from "@/components/consumption/supply-cards";
import { SupplyLinks } from "@/components/consumption/supply-links";
import { ALL_SUPPLIES, consumptionHref } from "@/components/consumption/view-address";
import { EmptyState } from "@/components/ui/empty-state";
import { LocalLink } from "@/components/ui/local-link";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, type requireCustomer } from "@/lib/auth/current";
import { byMonths, overlaps, periodOf, rangeBefore } from "@/lib/consumption/period";
import { listDays, type MeteredContract } from "@/lib/consumption/queries";
import { listBilledPrices } from "@/lib/consumption/queries/billed-prices";
import { choiceOf, type ViewChoice } from "@/lib/consumption/schema";
import { needsIntervals, type SupplyView, supplyViews } from "@/lib/consumption/views/supply-view";
import { knownOf } from "@/lib/consumption/views/together";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("consumption"))("title") };
}

interface ConsumptionPageProps {
  searchParams: SearchParams;
}

export default async function ConsumptionPage({ searchParams }: ConsumptionPageProps) {
  const found = await chosenSupply("/consumption", searchParams, { orAll: true });
  const { ctx, asked, contracts, chosen: one, nameOf } = found;
  const t = await getTranslations("consumption");
  const tNext = await getTranslations("navigation.next");
  const together = asked.contract === ALL_SUPPLIES && contracts.length > 1;
  const chosen = together ? contracts : one ? [one] : [];
  const [first] = chosen;
  if (asked.contract && !first) {
    notFound();
  }
  const metered = chosen.filter(({ firstDay }) => firstDay !== null);
  const choice = metered.length > 0 ? choiceOf(asked, knownOf(metered)) : null;
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      {first ? (
        <>
          <ConsumptionTabs contract={together ? ALL_SUPPLIES : nameOf(first)} current="views" />
          <SupplyLinks
            contracts={contracts}
            chosen={together ? null : first}
            nameOf={nameOf}
            place="views"
            choice={choice && (asked.date || asked.from) ? choice : {}}
          />
        </>
      ) : (
        <EmptyState next={{ href: "/contracts/add", label: tNext("addContract") }}>
          {t("noContracts")}
        </EmptyState>
      )}
      {choice && first ? (
        <Consumption
          ctx={ctx}
          contracts={metered}
          name={together ? ALL_SUPPLIES : nameOf(first)}
          choice={choice}
        />
      ) : null}
      {first && !choice ? (
        <EmptyState next={{ href: "/bills", label: tNext("bills") }}>{t("noData")}</EmptyState>
      ) : null}
    </>
  );
}

interface ConsumptionProps {
  ctx: Awaited<ReturnType<typeof requireCustomer>>;
  contracts: MeteredContract[];
  name: string;
  choice: ViewChoice;
}

async function Consumption({ ctx, contracts, name, choice }: ConsumptionProps) {
  const t = await getTranslations("consumption");
  const language = await currentLanguage();
  const known = knownOf(contracts);
  const { period, alignment } = choice;
  const before = rangeBefore(period, alignment, byMonths(period));
  const keys = contracts.map(({ companyId, id }) => ({ companyId, contractId: id }));
  const [days, prices] = await Promise.all([
    listDays(ctx, keys, [period, before], {
      intervals: needsIntervals(period, contracts.length),
    }),
    listBilledPrices(ctx, keys, period),
  ]);
  const views = supplyViews(contracts, choice, { days, prices });
  const shown = views.filter(
    ({ consumption, injection }) => consumption.whole.known > 0 || injection !== null,
  );
  const latest = periodOf("month", known.to);
  return (
    <>
      <FillPatterns />
      <PeriodLinks contract={name} choice={choice} known={known} language={language} />
      {shown.map((view) =>
        views.length > 1 ? (
          <section key={view.commodity} aria-labelledby={`of-${view.commodity}`}>
            <h3 id={`of-${view.commodity}`} className="mt-8 mb-4 font-bold text-xl">
              {titleOf(view, t)}
            </h3>
            <SupplyCards contract={name} view={view} language={language} />
          </section>
        ) : (
          <SupplyCards key={view.commodity} contract={name} view={view} language={language} />
        ),
      )}
      {shown.length === 0 ? (
        <Notice>
          {t("emptyPeriod", { period: periodWords(period, language) })}{" "}
          {overlaps(period, latest) ? null : (
            <LocalLink
              href={consumptionHref(name, { ...choice, period: latest })}
              className="text-accent underline"
            >
              {t("goTo", { period: periodWords(latest, language) })}
            </LocalLink>
          )}
        </Notice>
      ) : null}
    </>
  );
}

function titleOf(
  { commodity, contracts }: SupplyView,
  t: Awaited<ReturnType<typeof getTranslations<"consumption">>>,
): string {
  return t("commodityOf", { commodity: t(`commodity.${commodity}`), count: contracts.length });
}
