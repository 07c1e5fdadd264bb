import { getTranslations } from "next-intl/server";
import { DataTable } from "@/components/ui/data-table";
import type { Delivery } from "@/lib/delivery/queries";
import { fromBillWords, offerWords } from "@/lib/delivery/words";
import type { Language } from "@/lib/i18n/languages";

interface PaperAfterwardsProps {
  deliveries: Delivery[];
  language: Language;
}

/** What becomes of each contract's bills once it leaves the account: paper from which bill, which discount ends. */
export async function PaperAfterwards({ deliveries, language }: PaperAfterwardsProps) {
  const t = await getTranslations("profile.deletion");
  const words = await getTranslations("delivery");
  const after = (delivery: Delivery) => {
    if (delivery.ended) {
      return t("over");
    }
    if (delivery.nextMode === "paper" && delivery.mode === "paper") {
      return t("stays");
    }
    const from = fromBillWords(words, delivery.fromBillOn, language);
    const offer = delivery.nextMode === "electronic" ? offerWords(words, delivery, language) : null;
    return offer ? t("discountEnds", { from, offer }) : t("fromBill", { from });
  };
  return (
    <DataTable
      caption={t("contractsTitle")}
      captionHidden
      rows={deliveries}
      rowKey={(delivery) => delivery.contractId}
      columns={[
        {
          key: "contract",
          header: t("contract"),
          cell: (delivery) => (
            <span>
              {delivery.contractNumber}
              <span className="block font-normal text-muted text-sm">
                {delivery.companyName}, {delivery.supplyAddress}
              </span>
            </span>
          ),
        },
        {
          key: "now",
          header: t("now"),
          cell: (delivery) => (
            <span className="whitespace-nowrap">{t(`modes.${delivery.mode}`)}</span>
          ),
        },
        { key: "after", header: t("after"), cell: after },
      ]}
    />
  );
}
