import { getTranslations } from "next-intl/server";
import { LocalLink } from "@/components/ui/local-link";
import { Notice } from "@/components/ui/notice";
import type { WithdrawnBill } from "@/lib/documents/queries/withdrawals";
import type { Language } from "@/lib/i18n/languages";
import { formatInstant } from "@/lib/time";

interface WithdrawnListProps {
  bills: WithdrawnBill[];
  language: Language;
}

/** Which bills were withdrawn of late (R21), each leading to its page; nothing without one. */
export async function WithdrawnList({ bills, language }: WithdrawnListProps) {
  if (bills.length === 0) {
    return null;
  }
  const t = await getTranslations("bills");
  return (
    <Notice tone="warning" title={t("withdrawnTitle")}>
      <p>{t("withdrawnLead")}</p>
      <ul className="mt-2 list-disc pl-5">
        {bills.map(({ id, billNumber, withdrawnAt }) => (
          <li key={id}>
            {t.rich("withdrawnOn", {
              number: billNumber,
              date: formatInstant(withdrawnAt, language),
              link: (chunks) => (
                <LocalLink href={`/bills/${id}`} className="text-accent underline">
                  {chunks}
                </LocalLink>
              ),
            })}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
