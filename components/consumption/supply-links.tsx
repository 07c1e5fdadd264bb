import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { LocalLink } from "@/components/ui/local-link";
import type { MeteredContract } from "@/lib/consumption/queries";
import type { ViewChoice } from "@/lib/consumption/schema";
import { ALL_SUPPLIES, consumptionHref } from "./view-address";

interface SupplyLinksProps {
  contracts: MeteredContract[];
  /** Null: all together. */
  chosen: MeteredContract | null;
  /** How an address names a contract. */
  nameOf: (contract: MeteredContract) => string;
  /** The page that the links stay on; only views are of all together. */
  place: "views" | "statistics" | "self-reading" | "export";
  /** Kept when another supply is chosen. */
  choice: Partial<ViewChoice>;
}

/** Which supply is shown; the others, and all together, are a link away. */
export async function SupplyLinks({ contracts, chosen, nameOf, place, choice }: SupplyLinksProps) {
  const t = await getTranslations("consumption");
  const hrefOf = (name: string) => {
    const href = consumptionHref(name, choice);
    return place === "views" ? href : href.replace("/consumption", `/consumption/${place}`);
  };
  const card = (name: string, current: boolean, content: ReactNode) => (
    <li key={name}>
      <LocalLink
        href={hrefOf(name)}
        aria-current={current ? "page" : undefined}
        className={`block h-full rounded-lg border p-4 text-ink no-underline ${current ? "border-accent bg-accent-soft" : "border-line bg-panel hover:border-accent"}`}
      >
        {content}
      </LocalLink>
    </li>
  );
  return (
    <nav aria-label={t("supplies")} className="mb-8" data-print="no">
      <ul className="grid gap-3 @lg:grid-cols-2 @4xl:grid-cols-3">
        {contracts.map((contract) =>
          card(
            nameOf(contract),
            contract.id === chosen?.id,
            <>
              <span className="block font-semibold">{t(`commodity.${contract.commodity}`)}</span>
              <span className="block text-sm">{contract.supplyAddress}</span>
              <span className="block text-muted text-sm">
                {t("contract", { number: contract.contractNumber })} · {contract.companyName}
              </span>
            </>,
          ),
        )}
        {contracts.length > 1 && place === "views"
          ? card(
              ALL_SUPPLIES,
              chosen === null,
              <>
                <span className="block font-semibold">{t("all")}</span>
                <span className="block text-muted text-sm">
                  {t("allHint", { count: contracts.length })}
                </span>
              </>,
            )
          : null}
      </ul>
    </nav>
  );
}
