import { getTranslations } from "next-intl/server";
import { unitOf } from "@/lib/consumption/quantity";
import type { SupplyView } from "@/lib/consumption/views/supply-view";
import { ChipList } from "./chip-list";
import { consumptionHref } from "./view-address";

/** What the year before stands beside, and whether the bars are energy or money. */
export async function ChoiceLinks({ contract, view }: { contract: string; view: SupplyView }) {
  const t = await getTranslations("consumption");
  const { period, alignment, measure, commodity, consumption } = view;
  const choice = { period, alignment, measure };
  const priced = consumption.parts.some(({ cents }) => cents !== null);
  return (
    // Named for its commodity: of all supplies together there is one for each.
    <nav
      aria-label={`${t("choices")}: ${t(`commodity.${commodity}`)}`}
      className="mb-5 flex flex-wrap gap-x-8 gap-y-3"
      data-print="no"
    >
      <div className="flex flex-wrap items-center gap-2">
        <span className="text-muted text-sm">{t("compare.label")}</span>
        <ChipList
          label={t("compare.label")}
          chips={(["date", "weekday"] as const).map((value) => ({
            key: value,
            href: consumptionHref(contract, { ...choice, alignment: value }),
            label: t(`compare.${value}`),
            current: value === alignment,
          }))}
        />
      </div>
      {priced ? (
        <div className="flex flex-wrap items-center gap-2">
          <span className="text-muted text-sm">{t("measure.label")}</span>
          <ChipList
            label={t("measure.label")}
            chips={(["quantity", "euro"] as const).map((value) => ({
              key: value,
              href: consumptionHref(contract, { ...choice, measure: value }),
              label: value === "euro" ? t("measure.euro") : unitOf(commodity),
              current: value === measure,
            }))}
          />
        </div>
      ) : null}
    </nav>
  );
}
