import type { Metadata } from "next";
import { headers } from "next/headers";
import { notFound } from "next/navigation";
import { after } from "next/server";
import { getTranslations } from "next-intl/server";
import { cache } from "react";
import { BillAmount } from "@/components/documents/bill-amount";
import { BillChange } from "@/components/documents/bill-change";
import { BillContacts, BillSubject, BillUsage } from "@/components/documents/bill-facts";
import { BillReceipt } from "@/components/documents/bill-receipt";
import { DispatchState } from "@/components/documents/dispatch-state";
import { WithdrawnBill } from "@/components/documents/withdrawn-bill";
import { CompanyColours } from "@/components/shell/company-colours";
import { Card } from "@/components/ui/card";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { isPrefetch } from "@/lib/api/prefetch";
import { currentLanguage, requireCustomer } from "@/lib/auth/current";
import { markOpened } from "@/lib/dispatches/commands/mark-opened";
import { type BillPage as Bill, findBill } from "@/lib/documents/queries/bills";
import type { Language } from "@/lib/i18n/languages";
import { formatCents } from "@/lib/money";
import { formatDate, formatShortDate } from "@/lib/time";

interface BillPageProps {
  params: Promise<{ id: string }>;
}

const loadBill = cache(async (id: string) => {
  const bill = await findBill(await requireCustomer(`/bills/${id}`), id);
  return bill ?? notFound();
});

export async function generateMetadata({ params }: BillPageProps): Promise<Metadata> {
  const bill = await loadBill((await params).id);
  const t = await getTranslations("bills");
  return { title: `${t(`kind.${bill.kind}`)} ${bill.billNumber}` };
}

/** A bill in the order of the regulated first page, and then its lines. */
export default async function BillPage({ params }: BillPageProps) {
  const bill = await loadBill((await params).id);
  const ctx = await requireCustomer(`/bills/${bill.id}`);
  if (bill.dispatch && !isPrefetch(await headers())) {
    after(() => markOpened(ctx, bill.id));
  }
  const language = await currentLanguage();
  const t = await getTranslations("bill");
  const tBills = await getTranslations("bills");
  return (
    <CompanyColours accentColor={bill.company.accentColor}>
      <PageHeader title={`${tBills(`kind.${bill.kind}`)} ${bill.billNumber}`}>
        <p>
          {t("lead", {
            commodity: tBills(`commodity.${bill.commodity}`),
            from: formatShortDate(bill.periodFrom, language),
            to: formatShortDate(bill.periodTo, language),
            company: bill.company.name,
          })}
        </p>
        {bill.withdrawal ? null : (
          <p className="mt-1 text-ink text-lg sm:hidden">
            <strong>{formatCents(bill.totalCents, language)}</strong>
            {` · ${t("due")} ${formatDate(bill.dueDate, language)}`}
          </p>
        )}
      </PageHeader>
      {bill.withdrawal ? (
        <WithdrawnBill bill={bill} withdrawal={bill.withdrawal} language={language} />
      ) : (
        <ValidBill bill={bill} language={language} />
      )}
    </CompanyColours>
  );
}

async function ValidBill({ bill, language }: { bill: Bill; language: Language }) {
  const t = await getTranslations("bill");
  return (
    <div className="grid gap-6">
      <div className="grid gap-6 @2xl:grid-cols-2">
        <BillSubject bill={bill} language={language} />
        <BillAmount bill={bill} language={language} />
        <BillContacts bill={bill} />
        <BillUsage bill={bill} language={language} />
      </div>
      <BillReceipt bill={bill} language={language} />
      {bill.change ? <BillChange bill={bill} change={bill.change} language={language} /> : null}
      <Card title={t("delivery")} className="w-full max-w-3xl">
        <DispatchState dispatch={bill.dispatch} language={language} />
        <p className="mt-3" data-print="no">
          <LocalLink
            href={`/bills/${bill.id}/delivery`}
            className="inline-block py-2 text-accent underline underline-offset-2"
          >
            {t("passport")}
          </LocalLink>
        </p>
      </Card>
    </div>
  );
}
