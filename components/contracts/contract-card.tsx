import { getTranslations } from "next-intl/server";
import { DeliveryState } from "@/components/delivery/delivery-state";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import { LocalLink } from "@/components/ui/local-link";
import type { ContractListItem } from "@/lib/contracts/queries/contracts";
import type { Delivery } from "@/lib/delivery/queries";
import type { Language } from "@/lib/i18n/languages";
import { formatDate } from "@/lib/time";

interface ContractCardProps {
  contract: ContractListItem;
  delivery: Delivery | undefined;
  language: Language;
}

/** A contract in the list: what it is, whether it runs, how its bills arrive. */
export async function ContractCard({ contract, delivery, language }: ContractCardProps) {
  const t = await getTranslations("contracts");
  const tBills = await getTranslations("bills");
  return (
    <Card title={`${tBills(`commodity.${contract.commodity}`)} · ${contract.contractNumber}`}>
      <p className="-mt-1 mb-4">
        {delivery?.ended ? (
          <Badge tone="warning">{t("endedBadge")}</Badge>
        ) : (
          <Badge tone="success">{t("running")}</Badge>
        )}
      </p>
      <Facts
        items={[
          { label: t("company"), value: contract.companyName },
          { label: t("product"), value: contract.product },
          { label: t("supplyAddress"), value: contract.supplyAddress },
          {
            label: t("endsOn"),
            value: contract.endsOn ? formatDate(contract.endsOn, language) : null,
          },
        ]}
      />
      {delivery && !delivery.ended ? (
        <div className="mt-4 border-line border-t pt-4">
          <h3 className="text-muted text-sm">{t("delivery")}</h3>
          <DeliveryState delivery={delivery} language={language} />
        </div>
      ) : null}
      <p className="mt-4">
        <LocalLink
          href={`/contracts/${contract.id}`}
          className="font-semibold text-accent underline"
        >
          {t("open")}
          <span className="sr-only"> {contract.contractNumber}</span>
        </LocalLink>
      </p>
    </Card>
  );
}
