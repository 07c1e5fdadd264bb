import { getTranslations } from "next-intl/server";
import { ChipList } from "./chip-list";
import { consumptionHref } from "./view-address";

const PLACES = ["views", "statistics", "self-reading", "export"] as const;

/** The pages about one supply's consumption, beside each other. */
export async function ConsumptionTabs({
  contract,
  current,
}: {
  contract: string;
  current: (typeof PLACES)[number];
}) {
  const t = await getTranslations("statistics");
  const query = consumptionHref(contract).slice("/consumption".length);
  return (
    <nav aria-label={t("sections")} className="mb-6" data-print="no">
      <ChipList
        label={t("sections")}
        chips={PLACES.map((place) => ({
          key: place,
          href: place === "views" ? `/consumption${query}` : `/consumption/${place}${query}`,
          label: t(place),
          current: place === current,
        }))}
      />
    </nav>
  );
}
