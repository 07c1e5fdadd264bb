import { getTranslations } from "next-intl/server";
import { Card } from "@/components/ui/card";
import { LocalLink } from "@/components/ui/local-link";
import { Notice } from "@/components/ui/notice";
import type { Delivery, PastChoice } from "@/lib/delivery/queries";
import type { Earning } from "@/lib/delivery/queries/earnings";
import { billWords, fromBillWords } from "@/lib/delivery/words";
import type { Language } from "@/lib/i18n/languages";
import { formatDate, formatInstant, romeDay } from "@/lib/time";
import { ChoiceHistory } from "./choice-history";
import { DeliveryDiscount } from "./delivery-discount";
import { DeliveryForm } from "./delivery-form";
import { DeliveryState } from "./delivery-state";

interface DeliveryPanelProps {
  delivery: Delivery;
  choices: PastChoice[];
  earning: Earning | undefined;
  ownEmail: string;
  language: Language;
}

/** One contract in "Modalità invio bollette": where it stands, the choice, the choices so far. */
export async function DeliveryPanel(props: DeliveryPanelProps) {
  const { delivery, choices, earning, ownEmail, language } = props;
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
      <PassedCutOffNotice delivery={delivery} language={language} />
      {delivery.waitsSince && delivery.chosenEmail && delivery.chosenMode === "electronic" ? (
        <Notice tone="warning">
          <span className="[overflow-wrap:anywhere]">
            {t(delivery.mode === "electronic" ? "awaits" : "awaitsOnPaper", {
              email: delivery.chosenEmail,
              own: ownEmail,
              since: formatInstant(delivery.waitsSince, language),
            })}
          </span>
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
      <DeliveryDiscount delivery={delivery} earning={earning} language={language} />
      {delivery.ended && delivery.endsOn ? (
        <p>{t("ended", { date: formatDate(delivery.endsOn, language) })}</p>
      ) : (
        <DeliveryForm delivery={delivery} ownEmail={ownEmail} language={language} />
      )}
      {choices.length > 0 ? <ChoiceHistory choices={choices} language={language} /> : null}
    </Card>
  );
}

/** After a cut-off, while its bills are still to come: what no choice changes any more (R11). */
async function PassedCutOffNotice({
  delivery,
  language,
}: Pick<DeliveryPanelProps, "delivery" | "language">) {
  const { passed } = delivery;
  if (!passed || delivery.ended) {
    return null;
  }
  const t = await getTranslations("delivery");
  return (
    <Notice>
      <span className="[overflow-wrap:anywhere]">
        {t(`passed.${passed.mode}`, {
          bill: billWords(t, romeDay(passed.at), language),
          at: formatInstant(passed.at, language),
          email: passed.email ?? "",
          from: fromBillWords(t, delivery.fromBillOn, language),
        })}
      </span>
    </Notice>
  );
}
