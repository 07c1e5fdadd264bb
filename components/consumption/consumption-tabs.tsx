import { getTranslations } from "next-intl/server";
import { ChipList } from "./chip-list";
import { ALL_SUPPLIES, consumptionHref } from "./view-address";

const PLACES = ["views", "statistics", "self-reading", "export"] as const;

interface ConsumptionTabsProps {
  /** As an address names it; all together have only their views. */
  contract: string;
  current: (typeof PLACES)[number];
}

/** The pages about one supply's consumption, beside each other; from all together they lead to where one is chosen. */
export async function ConsumptionTabs({ contract, current }: ConsumptionTabsProps) {
  const t = await getTranslations("statistics");
  const query = consumptionHref(contract).slice("/consumption".length);
  const together = contract === ALL_SUPPLIES;
  return (
    <nav aria-label={t("sections")} className="mb-6" data-print="no">
      <ChipList
        label={t("sections")}
        chips={PLACES.map((place) => ({
          key: place,
          href:
            place === "views"
              ? `/consumption${query}`
              : `/consumption/${place}${together ? "" : query}`,
          label: t(place),
          current: place === current,
        }))}
      />
      {together ? <p className="mt-2 text-muted text-sm">{t("ofOneSupply")}</p> : null}
    </nav>
  );
}
