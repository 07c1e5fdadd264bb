import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { FillPatterns } from "@/components/charts/fill-patterns";
import { ConsumptionFacts } from "@/components/consumption/consumption-facts";
import { ConsumptionFigure } from "@/components/consumption/consumption-figure";
import { PeriodLinks } from "@/components/consumption/period-links";
import { consumptionHref, periodWords } from "@/components/consumption/period-words";
import { SupplyLinks } from "@/components/consumption/supply-links";
import { Card } from "@/components/ui/card";
import { LocalLink } from "@/components/ui/local-link";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireCustomer } from "@/lib/auth/current";
import { monthOf, type Period, rangeOf, yearBefore } from "@/lib/consumption/period";
import { listDays, listMeteredContracts, type MeteredContract } from "@/lib/consumption/queries";
import { type ConsumptionAddress, consumptionAddress } from "@/lib/consumption/schema";
import { summarize } from "@/lib/consumption/summary";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("consumption"))("title") };
}

interface ConsumptionPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function ConsumptionPage({ searchParams }: ConsumptionPageProps) {
  const ctx = await requireCustomer("/consumption");
  const t = await getTranslations("consumption");
  const asked = consumptionAddress.parse(await searchParams);
  const contracts = await listMeteredContracts(ctx);
  // Its number, unless two companies gave out the same one.
  const nameOf = ({ id, contractNumber }: MeteredContract) =>
    contracts.filter((other) => other.contractNumber === contractNumber).length > 1
      ? id
      : contractNumber;
  const chosen = asked.contract
    ? (contracts.find(({ id, contractNumber }) =>
        [id, contractNumber].includes(asked.contract ?? ""),
      ) ?? notFound())
    : contracts[0];
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      {chosen ? (
        <>
          <SupplyLinks contracts={contracts} chosen={chosen} nameOf={nameOf} />
          <SupplyConsumption ctx={ctx} contract={chosen} name={nameOf(chosen)} asked={asked} />
        </>
      ) : (
        <Notice>{t("noContracts")}</Notice>
      )}
    </>
  );
}

interface SupplyConsumptionProps {
  ctx: Awaited<ReturnType<typeof requireCustomer>>;
  contract: MeteredContract;
  name: string;
  asked: ConsumptionAddress;
}

async function SupplyConsumption({ ctx, contract, name, asked }: SupplyConsumptionProps) {
  const t = await getTranslations("consumption");
  const language = await currentLanguage();
  if (!contract.firstDay || !contract.lastDay) {
    return <Notice>{t("noData")}</Notice>;
  }
  const known = { from: contract.firstDay, to: contract.lastDay };
  const latest = monthOf(known.to);
  const period: Period = asked.year ? { year: asked.year, month: asked.month ?? null } : latest;
  const days = await listDays(ctx, { companyId: contract.companyId, contractId: contract.id }, [
    rangeOf(period),
    rangeOf(yearBefore(period)),
  ]);
  const summary = summarize(period, days, known);
  const view = { commodity: contract.commodity, period, summary, language };
  return (
    <>
      <FillPatterns />
      <PeriodLinks contract={name} period={period} known={known} language={language} />
      {summary.whole.days > 0 ? (
        <>
          <Card className="mb-6">
            <ConsumptionFacts {...view} />
          </Card>
          <Card>
            <ConsumptionFigure {...view} contract={name} />
          </Card>
        </>
      ) : (
        <Notice>
          {t("emptyPeriod", { period: periodWords(period, language) })}{" "}
          <LocalLink href={consumptionHref(name, latest)} className="text-accent underline">
            {t("goTo", { period: periodWords(latest, language) })}
          </LocalLink>
        </Notice>
      )}
    </>
  );
}
