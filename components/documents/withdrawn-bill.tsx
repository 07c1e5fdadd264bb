import { getTranslations } from "next-intl/server";
import { LocalLink } from "@/components/ui/local-link";
import { Notice } from "@/components/ui/notice";
import type { BillPage } from "@/lib/documents/queries/bills";
import type { Language } from "@/lib/i18n/languages";
import { formatInstant } from "@/lib/time";

interface WithdrawnBillProps {
  bill: BillPage;
  withdrawal: NonNullable<BillPage["withdrawal"]>;
  language: Language;
}

/** That a document does not count any more, why, and which one does (R21); no amount to pay. */
export async function WithdrawnBill({ bill, withdrawal, language }: WithdrawnBillProps) {
  const t = await getTranslations("bill.withdrawn");
  const { replacement } = withdrawal;
  return (
    <Notice tone="warning" title={t("title")}>
      <p>{t("when", { date: formatInstant(withdrawal.withdrawnAt, language) })}</p>
      <p className="mt-2 [overflow-wrap:anywhere]">{t("reason", { reason: withdrawal.reason })}</p>
      <p className="mt-2">
        {replacement
          ? t.rich("replacedBy", {
              number: replacement.billNumber,
              link: (chunks) => (
                <LocalLink href={`/bills/${replacement.id}`} className="text-accent underline">
                  {chunks}
                </LocalLink>
              ),
            })
          : t("follows")}
      </p>
      <p className="mt-2">{t("paid", { phone: bill.company.supportPhone })}</p>
    </Notice>
  );
}
