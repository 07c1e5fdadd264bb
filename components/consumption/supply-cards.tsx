import { getTranslations } from "next-intl/server";
import { Card } from "@/components/ui/card";
import { partKindOf } from "@/lib/consumption/period";
import { formatWithUnit } from "@/lib/consumption/quantity";
import type { SupplyView } from "@/lib/consumption/views/supply-view";
import type { Language } from "@/lib/i18n/languages";
import { ChoiceLinks } from "./choice-links";
import { ConsumptionFacts } from "./consumption-facts";
import { ConsumptionFigure } from "./consumption-figure";
import { CumulativeFigure } from "./cumulative-figure";
import type { ConsumptionView } from "./finding";
import { HourTable } from "./hour-table";

interface SupplyCardsProps {
  /** How addresses name the contract, or all. */
  contract: string;
  view: SupplyView;
  language: Language;
}

/** Everything a period shows of one contract, or of all of a commodity. */
export async function SupplyCards({ contract, view, language }: SupplyCardsProps) {
  const t = await getTranslations("consumption");
  const { commodity, period, alignment, measure, consumption, injection, changeIn } = view;
  const shown: ConsumptionView = {
    ...{ commodity, period, alignment, measure, changeIn, language },
    summary: consumption,
    injected: false,
  };
  const [only] = view.contracts;
  const choices = <ChoiceLinks contract={contract} view={view} />;
  const taken = consumption.whole.known > 0;
  return (
    <>
      {taken ? (
        <>
          <Card className="mb-6">
            <ConsumptionFacts
              {...shown}
              night={view.night}
              contractedPowerKw={
                view.contracts.length === 1 ? (only?.contractedPowerKw ?? null) : null
              }
              daysAbovePower={view.daysAbovePower}
            />
          </Card>
          <Card className="mb-6">
            {choices}
            <ConsumptionFigure {...shown} contract={contract} />
            <BandGap view={view} language={language} />
            {view.gasDay ? <p className="mt-2 text-muted text-sm">{t("gasDay")}</p> : null}
          </Card>
        </>
      ) : null}
      {injection && injection.whole.known > 0 ? (
        <Card title={t("injection.title")} className="mb-6">
          {taken ? null : choices}
          <p className="mb-4 max-w-prose text-muted">
            {t("injection.lead")}
            {view.net === null
              ? ""
              : ` ${t("injection.net", { net: formatWithUnit(view.net, commodity, language) })}`}
          </p>
          <ConsumptionFigure
            {...shown}
            summary={injection}
            changeIn={null}
            injected
            contract={contract}
          />
        </Card>
      ) : null}
      {taken && partKindOf(period) === "month" && period.kind === "year" ? (
        <Card title={t("cumulative.title")} className="mb-6">
          <CumulativeFigure {...shown} />
        </Card>
      ) : null}
      {view.hours ? (
        <Card title={t("hours.title")} className="mb-6">
          <HourTable hours={view.hours} commodity={commodity} language={language} />
        </Card>
      ) : null}
    </>
  );
}

/** What the distributor's bands and its own intervals say otherwise (R23). */
async function BandGap({ view, language }: { view: SupplyView; language: Language }) {
  const { bandGap, commodity, consumption } = view;
  const t = await getTranslations("consumption");
  const amount = (base: number) => formatWithUnit(base, commodity, language);
  if (!bandGap) {
    // Without the intervals, what the bands add up to is all that can be known.
    const { bandDifference } = consumption;
    return bandDifference === 0 ? null : (
      <p className="mt-2 text-muted text-sm">
        {t("bandGap.sum", {
          difference: amount(Math.abs(bandDifference)),
          sign: bandDifference < 0 ? "more" : "less",
        })}
      </p>
    );
  }
  const differing = (["f1", "f2", "f3"] as const).filter(
    (band) => bandGap.measured[band] !== bandGap.computed[band],
  );
  return (
    <p className="mt-2 text-muted text-sm">
      {t("bandGap.lead")}{" "}
      {differing
        .map((band) =>
          t("bandGap.band", {
            band: band.toUpperCase(),
            measured: amount(bandGap.measured[band]),
            computed: amount(bandGap.computed[band]),
          }),
        )
        .join("; ")}
      .
    </p>
  );
}
