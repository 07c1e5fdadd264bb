import { getTranslations } from "next-intl/server";
import { DeliveryState } from "@/components/delivery/delivery-state";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import { LocalLink } from "@/components/ui/local-link";
import type { Delivery } from "@/lib/delivery/queries";
import { offerWords } from "@/lib/delivery/words";
import type { Language } from "@/lib/i18n/languages";

/** How a contract's bills arrive, and what electronic earns (R13). */
export async function ContractDelivery({
  delivery,
  language,
}: {
  delivery: Delivery;
  language: Language;
}) {
  const t = await getTranslations("contracts");
  const offer = offerWords(await getTranslations("delivery"), delivery, language);
  return (
    <Card title={t("delivery")}>
      <DeliveryState delivery={delivery} language={language} />
      {offer ? (
        <div className="mt-4">
          <Facts
            items={[
              {
                label: t("discount"),
                value: delivery.mode === "electronic" ? offer : t("discountWith", { offer }),
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
