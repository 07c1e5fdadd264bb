import { getTranslations } from "next-intl/server";
import { Card } from "@/components/ui/card";
import { LocalLink } from "@/components/ui/local-link";
import { Notice } from "@/components/ui/notice";
import type { Delivery, PastChoice } from "@/lib/delivery/queries";
import type { Language } from "@/lib/i18n/languages";
import { formatDate } from "@/lib/time";
import { ChoiceHistory } from "./choice-history";
import { DeliveryForm } from "./delivery-form";
import { DeliveryState } from "./delivery-state";

interface DeliveryPanelProps {
  delivery: Delivery;
  choices: PastChoice[];
  ownEmail: string;
  language: Language;
}

/** One contract in "Modalità invio bollette": where it stands, the choice, the choices so far. */
export async function DeliveryPanel(props: DeliveryPanelProps) {
  const { delivery, choices, ownEmail, language } = props;
  const t = await getTranslations("delivery");
  const tBills = await getTranslations("bills");
  return (
    <Card
      title={t("contract", {
        commodity: tBills(`commodity.${delivery.commodity}`),
        number: delivery.contractNumber,
      })}
    >
      <p className="-mt-2 mb-4 text-muted">
        {delivery.companyName}, {delivery.supplyAddress}
      </p>
      {delivery.ended ? null : (
        <div className="mb-6">
          <DeliveryState delivery={delivery} language={language} />
        </div>
      )}
      {delivery.awaitsConfirmation && delivery.chosenEmail && delivery.mode === "electronic" ? (
        <Notice tone="warning">
          {t("awaits", { email: delivery.chosenEmail, own: ownEmail })}
        </Notice>
      ) : null}
      {delivery.mandateActive || delivery.ended ? null : (
        <Notice tone="warning">
          {t.rich("needsMandate", {
            link: (text) => (
              <LocalLink href={`/direct-debit/${delivery.companySlug}`} className="underline">
                {text}
              </LocalLink>
            ),
          })}
        </Notice>
      )}
      {delivery.ended && delivery.endsOn ? (
        <p>{t("ended", { date: formatDate(delivery.endsOn, language) })}</p>
      ) : (
        <DeliveryForm delivery={delivery} ownEmail={ownEmail} language={language} />
      )}
      {choices.length > 0 ? <ChoiceHistory choices={choices} language={language} /> : null}
    </Card>
  );
}
