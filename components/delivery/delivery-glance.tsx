import { getTranslations } from "next-intl/server";
import { LocalLink } from "@/components/ui/local-link";
import { Unbroken } from "@/components/ui/unbroken";
import type { Delivery } from "@/lib/delivery/queries";
import type { Language } from "@/lib/i18n/languages";
import { DeliveryState } from "./delivery-state";

/** How many contracts are named; the page of all of them has the rest. */
const GLANCED = 6;

/** The contracts and how their bills arrive, in a few lines each. */
export async function DeliveryGlance({
  deliveries,
  language,
}: {
  deliveries: Delivery[];
  language: Language;
}) {
  const t = await getTranslations("overview");
  const tBills = await getTranslations("bills");
  const more = deliveries.length - GLANCED;
  return (
    <ul className="divide-y divide-line">
      {deliveries.slice(0, GLANCED).map((delivery) => (
        <li key={delivery.contractId} className="py-3 first:pt-0">
          <p>
            <LocalLink
              href={`/contracts/${delivery.contractId}`}
              className="font-semibold text-accent underline underline-offset-2"
            >
              <Unbroken>{`${tBills(`commodity.${delivery.commodity}`)} · ${delivery.contractNumber}`}</Unbroken>
            </LocalLink>
            {delivery.ended ? <span className="text-muted"> ({t("ended")})</span> : null}
          </p>
          {delivery.ended ? null : <DeliveryState delivery={delivery} language={language} />}
        </li>
      ))}
      {more > 0 ? <li className="py-3 text-muted">{t("moreContracts", { count: more })}</li> : null}
    </ul>
  );
}
