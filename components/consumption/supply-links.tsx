import { getTranslations } from "next-intl/server";
import { LocalLink } from "@/components/ui/local-link";
import type { MeteredContract } from "@/lib/consumption/queries";
import { consumptionHref } from "./period-words";

interface SupplyLinksProps {
  contracts: MeteredContract[];
  chosen: MeteredContract;
  /** How an address names a contract. */
  nameOf: (contract: MeteredContract) => string;
}

/** Which supply is shown; the others are a link away. */
export async function SupplyLinks({ contracts, chosen, nameOf }: SupplyLinksProps) {
  const t = await getTranslations("consumption");
  return (
    <nav aria-label={t("supplies")} className="mb-8">
      <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
        {contracts.map((contract) => {
          const current = contract.id === chosen.id;
          return (
            <li key={contract.id}>
              <LocalLink
                href={consumptionHref(nameOf(contract))}
                aria-current={current ? "page" : undefined}
                className={`block h-full rounded-lg border p-4 text-ink no-underline ${current ? "border-accent bg-accent-soft" : "border-line bg-panel hover:border-accent"}`}
              >
                <span className="block font-semibold">{t(`commodity.${contract.commodity}`)}</span>
                <span className="block text-sm">{contract.supplyAddress}</span>
                <span className="block text-muted text-sm">
                  {t("contract", { number: contract.contractNumber })} · {contract.companyName}
                </span>
              </LocalLink>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
