import { getTranslations } from "next-intl/server";
import type { Delivery } from "@/lib/delivery/queries";
import { fromBillWords } from "@/lib/delivery/words";
import type { Language } from "@/lib/i18n/languages";

interface DeliveryStateProps {
  delivery: Delivery;
  language: Language;
}

const reasonKey = (mode: Delivery["mode"], reason: Delivery["reason"]) =>
  reason === "chosen" ? `reason.chosen_${mode}` : `reason.${reason}`;

/** Today's mode of a contract and why (R10), and the next bill's where it will differ. */
export async function DeliveryState({ delivery, language }: DeliveryStateProps) {
  const t = await getTranslations("delivery");
  const from = fromBillWords(t, delivery.fromBillOn, language);
  const next = delivery.nextReason === "mandate_ended" ? "mandate_ended" : delivery.nextMode;
  const { chosenOrigin, reason } = delivery;
  const takenOver =
    reason === "chosen" && (chosenOrigin === "import" || chosenOrigin === "paper_form")
      ? chosenOrigin
      : null;
  return (
    <div>
      <p>
        <span className="text-muted">{t("today")} </span>
        <strong className="text-lg">{t(`mode.${delivery.mode}`)}</strong>
        {delivery.email ? (
          <span className="[overflow-wrap:anywhere]"> {t("to", { email: delivery.email })}</span>
        ) : null}
      </p>
      <p className="text-muted">
        {t(reasonKey(delivery.mode, delivery.reason))}
        {takenOver ? ` ${t(`takenOver.${takenOver}`)}` : ""}
      </p>
      {delivery.nextMode === delivery.mode || delivery.fromBillOn === null ? null : (
        <p className="mt-2 border-warning border-l-4 bg-warning-soft px-3 py-2">
          {t(`next.${next}`, { from: from.charAt(0).toLocaleUpperCase(language) + from.slice(1) })}
        </p>
      )}
    </div>
  );
}
