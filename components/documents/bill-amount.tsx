import { getTranslations } from "next-intl/server";
import { buttonClass } from "@/components/ui/button-class";
import { Card } from "@/components/ui/card";
import { LocalLink } from "@/components/ui/local-link";
import type { BillPage } from "@/lib/documents/queries/bills";
import { type Language, localizedPath } from "@/lib/i18n/languages";
import { formatCents, formatNumber } from "@/lib/money";
import { formatDate } from "@/lib/time";
import { PaymentBadge } from "./payment-badge";

interface BillAmountProps {
  bill: BillPage;
  language: Language;
}

/** How much, by when, and whether anything is left to be done about it. */
export async function BillAmount({ bill, language }: BillAmountProps) {
  const t = await getTranslations("bill");
  return (
    <Card title={t("amount")}>
      <p className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <strong className="font-bold text-4xl tracking-tight">
          {formatCents(bill.totalCents, language)}
        </strong>
        <PaymentBadge bill={bill} />
      </p>
      {bill.totalCents > 0 ? (
        <p className="mt-2 text-lg">
          {t("due")} <strong>{formatDate(bill.dueDate, language)}</strong>
        </p>
      ) : null}
      <div className="mt-3 max-w-prose">
        <Payment bill={bill} />
      </div>
      <p className="mt-5">
        {bill.hasPdf ? (
          // Not next/link: there is no page behind it, but a file.
          <a
            href={localizedPath(language, `/bills/${bill.id}/pdf`)}
            className={buttonClass("primary")}
            data-print="no"
          >
            {bill.pdfBytes
              ? t("pdfSize", { kilobytes: formatNumber(Math.ceil(bill.pdfBytes / 1000), language) })
              : t("pdf")}
          </a>
        ) : (
          t("noPdf")
        )}
      </p>
    </Card>
  );
}

/** How the amount is settled; nothing more where it is (R16). */
async function Payment({ bill }: { bill: BillPage }) {
  const t = await getTranslations("bill");
  const overdue =
    bill.paymentStatus === "overdue" ? <p className="mt-2">{t("overdueHint")}</p> : null;
  switch (bill.settlement) {
    case "in_your_favour":
      return <p>{t("credit")}</p>;
    case "nothing":
      return bill.totalCents === 0 ? <p>{t("nothingToPay")}</p> : null;
    case "direct_debit":
      return (
        <>
          <Debit bill={bill} />
          {overdue}
        </>
      );
    case "to_pay":
      return (
        <>
          <ByHand bill={bill} />
          {overdue}
        </>
      );
  }
}

async function Debit({ bill: { mandate, paymentStatus } }: { bill: BillPage }) {
  const t = await getTranslations("bill");
  if (!mandate) {
    return null;
  }
  const { iban, reference, creditorId } = mandate;
  return (
    <>
      <p>{paymentStatus === "open" ? t("byDebit", { iban }) : t("byDebitOverdue", { iban })}</p>
      <p className="text-muted text-sm [overflow-wrap:anywhere]">
        {t("mandate", { reference, creditorId })}
      </p>
    </>
  );
}

async function ByHand({ bill }: { bill: BillPage }) {
  const t = await getTranslations("bill");
  return (
    <p>
      {bill.contract
        ? t.rich("howToPay", {
            number: bill.billNumber,
            link: (text) => (
              <LocalLink
                href={`/direct-debit/${bill.company.slug}`}
                className="text-accent underline"
              >
                {text}
              </LocalLink>
            ),
          })
        : t("howToPayClosed", { number: bill.billNumber })}
    </p>
  );
}
