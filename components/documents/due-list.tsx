import { getTranslations } from "next-intl/server";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { LocalLink } from "@/components/ui/local-link";
import { Unbroken } from "@/components/ui/unbroken";
import type { OpenBill } from "@/lib/documents/queries/due-dates";
import type { Language } from "@/lib/i18n/languages";
import { formatCents } from "@/lib/money";
import { formatDate } from "@/lib/time";

interface DueListProps {
  bills: OpenBill[];
  /** There are more than these. */
  more: boolean;
  language: Language;
}

/** What is due when, over all contracts, the next first; what a direct debit pays needs nobody. */
export async function DueList({ bills, more, language }: DueListProps) {
  const t = await getTranslations("overview");
  const tBills = await getTranslations("bills");
  return (
    <Card title={t("due")}>
      {bills.length === 0 ? (
        <p>{t("nothingDue")}</p>
      ) : (
        <ul className="divide-y divide-line">
          {bills.map((bill) => (
            <li key={bill.id} className="flex items-baseline justify-between gap-4 py-3 first:pt-0">
              <div>
                <p className="font-semibold">{formatDate(bill.dueDate, language)}</p>
                <p className="text-muted text-sm">
                  <Unbroken>{`${tBills(`commodity.${bill.commodity}`)} · ${bill.contractNumber} · `}</Unbroken>
                  <LocalLink
                    href={`/bills/${bill.id}`}
                    className="text-accent underline underline-offset-2"
                  >
                    {bill.billNumber}
                  </LocalLink>
                </p>
              </div>
              <div className="text-right">
                <p className="whitespace-nowrap font-semibold tabular-nums">
                  {formatCents(bill.totalCents, language)}
                </p>
                {bill.overdue ? (
                  <Badge tone="warning">{tBills("payment.overdue")}</Badge>
                ) : (
                  <p className="whitespace-nowrap text-muted text-sm">
                    {t(bill.debited ? "dueDebited" : "dueByHand")}
                  </p>
                )}
              </div>
            </li>
          ))}
        </ul>
      )}
      {more ? (
        <p className="mt-3">
          <LocalLink href="/bills" className="text-accent underline">
            {t("dueMore")}
          </LocalLink>
        </p>
      ) : null}
    </Card>
  );
}
