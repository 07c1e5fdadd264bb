import { getTranslations } from "next-intl/server";
import { buttonClass } from "@/components/ui/button-class";
import { Card } from "@/components/ui/card";
import { LocalLink } from "@/components/ui/local-link";
import { Unbroken } from "@/components/ui/unbroken";
import type { BillSummary } from "@/lib/documents/queries/bills";
import { paymentWord } from "@/lib/documents/rules";
import type { Language } from "@/lib/i18n/languages";
import { formatCents } from "@/lib/money";
import { formatDate, formatShortDate } from "@/lib/time";
import { DispatchState } from "./dispatch-state";
import { PaymentBadge } from "./payment-badge";

/** The newest bill at a glance: how much, what is left to do, how it came. */
export async function LatestBill({ bill, language }: { bill: BillSummary; language: Language }) {
  const t = await getTranslations("overview");
  const tBills = await getTranslations("bills");
  const word = paymentWord(bill);
  const date = formatDate(bill.dueDate, language);
  const next = {
    direct_debit: t("debitedOn", { date }),
    to_pay: t("payBy", { date }),
    in_your_favour: t("inYourFavour"),
    nothing: t("nothing"),
    overdue: t("overdueSince", { date }),
    paid: t("paid"),
    refunded: t("refunded"),
  }[word === "open" ? bill.settlement : word];
  return (
    <Card title={t("latest")}>
      <p className="text-muted">
        <Unbroken>{`${tBills(`commodity.${bill.commodity}`)} · ${bill.billNumber} · ${formatShortDate(bill.periodFrom, language)} – ${formatShortDate(bill.periodTo, language)}`}</Unbroken>
      </p>
      <p className="mt-3 flex flex-wrap items-center gap-x-4 gap-y-1">
        <strong className="font-bold text-4xl tracking-tight">
          {formatCents(bill.totalCents, language)}
        </strong>
        <PaymentBadge bill={bill} />
      </p>
      <p className="mt-1 font-semibold text-lg">{next}</p>
      <div className="mt-3 text-muted">
        <DispatchState dispatch={bill.dispatch} language={language} />
      </div>
      <p className="mt-5 flex flex-wrap items-center gap-x-6 gap-y-3">
        <LocalLink href={`/bills/${bill.id}`} className={buttonClass("primary")}>
          {t("read")}
        </LocalLink>
        <LocalLink href="/bills" className="text-accent underline">
          {t("allBills")}
        </LocalLink>
      </p>
    </Card>
  );
}
