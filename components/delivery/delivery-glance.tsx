import { getTranslations } from "next-intl/server";
import { LocalLink } from "@/components/ui/local-link";
import type { Delivery } from "@/lib/delivery/queries";
import type { Language } from "@/lib/i18n/languages";
import { DeliveryState } from "./delivery-state";

/** Every contract and how its bills arrive, in a few lines each. */
export async function DeliveryGlance({
  deliveries,
  language,
}: {
  deliveries: Delivery[];
  language: Language;
}) {
  const t = await getTranslations("overview");
  const tBills = await getTranslations("bills");
  return (
    <ul className="divide-y divide-line">
      {deliveries.map((delivery) => (
        <li key={delivery.contractId} className="py-3 first:pt-0">
          <p>
            <LocalLink
              href={`/contracts/${delivery.contractId}`}
              className="font-semibold text-accent underline underline-offset-2"
            >
              {`${tBills(`commodity.${delivery.commodity}`)} · ${delivery.contractNumber}`}
            </LocalLink>
            {delivery.ended ? <span className="text-muted"> ({t("ended")})</span> : null}
          </p>
          {delivery.ended ? null : <DeliveryState delivery={delivery} language={language} />}
        </li>
      ))}
    </ul>
  );
}
