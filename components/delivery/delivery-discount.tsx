import { getTranslations } from "next-intl/server";
import { Facts } from "@/components/ui/facts";
import type { Delivery } from "@/lib/delivery/queries";
import type { Earning } from "@/lib/delivery/queries/earnings";
import { offerWords } from "@/lib/delivery/words";
import type { Language } from "@/lib/i18n/languages";
import { formatCents } from "@/lib/money";
import { formatDate } from "@/lib/time";

interface DeliveryDiscountProps {
  delivery: Delivery;
  earning: Earning | undefined;
  language: Language;
}

/** What electronic bills give, and have given so far on this contract (R13). */
export async function DeliveryDiscount({ delivery, earning, language }: DeliveryDiscountProps) {
  const t = await getTranslations("delivery");
  const offer = offerWords(t, delivery, language);
  if (!offer && !earning) {
    return null;
  }
  const earned = earning
    ? t("discount.earnedSince", {
        amount: formatCents(earning.earnedCents, language),
        date: formatDate(earning.since, language),
      })
    : null;
  return (
    <div className="mb-6">
      <Facts
        items={[
          { label: t("discount.label"), value: delivery.ended ? null : offer },
          {
            label: t("discount.earned"),
            value: earned ?? (delivery.chosenMode === "electronic" ? t("discount.none") : null),
          },
        ]}
      />
    </div>
  );
}
