import { getTranslations } from "next-intl/server";
import { DeliveryState } from "@/components/delivery/delivery-state";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import { LocalLink } from "@/components/ui/local-link";
import type { Delivery } from "@/lib/delivery/queries";
import type { Earning } from "@/lib/delivery/queries/earnings";
import { offerWords } from "@/lib/delivery/words";
import type { Language } from "@/lib/i18n/languages";
import { formatCents } from "@/lib/money";
import { formatDate } from "@/lib/time";

/** How a contract's bills arrive, what electronic earns (R13) and has earned. */
export async function ContractDelivery({
  delivery,
  earning,
  language,
}: {
  delivery: Delivery;
  earning: Earning | undefined;
  language: Language;
}) {
  const t = await getTranslations("contracts");
  const offer = offerWords(await getTranslations("delivery"), delivery, language);
  return (
    <Card title={t("delivery")}>
      <DeliveryState delivery={delivery} language={language} />
      {offer || earning ? (
        <div className="mt-4">
          <Facts
            items={[
              {
                label: t("discount"),
                value:
                  delivery.mode === "electronic" ? offer : offer && t("discountWith", { offer }),
              },
              {
                label: t("earned"),
                value: earning
                  ? t("earnedSince", {
                      amount: formatCents(earning.earnedCents, language),
                      date: formatDate(earning.since, language),
                    })
                  : null,
              },
            ]}
          />
        </div>
      ) : null}
      <p className="mt-4">
        <LocalLink href="/delivery" className="text-accent underline">
          {t("changeDelivery")}
        </LocalLink>
      </p>
    </Card>
  );
}
