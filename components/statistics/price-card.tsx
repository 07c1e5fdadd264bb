import { getTranslations } from "next-intl/server";
import { Card } from "@/components/ui/card";
import { DataTable } from "@/components/ui/data-table";
import { LocalLink } from "@/components/ui/local-link";
import { type Commodity, formatBilled, unitOf } from "@/lib/consumption/quantity";
import type { BilledParts } from "@/lib/consumption/queries/billed-parts";
import {
  averagePrice,
  type PriceChange,
  priceChange,
  pricePartsOf,
} from "@/lib/consumption/statistics/price-change";
import type { Language } from "@/lib/i18n/languages";
import { formatCents, formatFixed } from "@/lib/money";
import { formatDateRange } from "@/lib/time";

interface PriceCardProps {
  /** Newest first. */
  bills: BilledParts[];
  commodity: Commodity;
  language: Language;
}

/** What a unit cost, bill by bill, and why the newest bill is another than the one before (R25). */
export async function PriceCard({ bills, commodity, language }: PriceCardProps) {
  const t = await getTranslations("statistics.price");
  const unit = unitOf(commodity);
  const [after, before] = bills;
  if (!after || !before) {
    return (
      <Card title={t("title")} className="mb-6">
        <p className="max-w-prose">{t("none", { unit })}</p>
      </Card>
    );
  }
  return (
    <Card title={t("title")} className="mb-6">
      <WhyChanged change={priceChange(before, after)} commodity={commodity} language={language} />
      <DataTable
        caption={t("caption")}
        rows={bills}
        rowKey={({ id }) => id}
        columns={[
          {
            key: "period",
            header: t("period"),
            cell: ({ id, from, to }) => (
              <LocalLink href={`/bills/${id}`} className="text-accent underline underline-offset-2">
                {formatDateRange(from, to, language)}
              </LocalLink>
            ),
          },
          {
            key: "quantity",
            header: t("quantity"),
            numeric: true,
            cell: ({ base }) => formatBilled(base, commodity, language),
          },
          {
            key: "total",
            header: t("total"),
            numeric: true,
            cell: ({ totalCents }) => formatCents(totalCents, language),
          },
          {
            key: "average",
            header: t("average"),
            numeric: true,
            cell: (bill) =>
              `${formatFixed(averagePrice(bill) / 100, language, 3)} ${t("perUnit", { unit })}`,
          },
        ]}
      />
    </Card>
  );
}

interface WhyChangedProps {
  change: PriceChange;
  commodity: Commodity;
  language: Language;
}

async function WhyChanged({ change, commodity, language }: WhyChangedProps) {
  const t = await getTranslations("statistics.price");
  const { before, after, differenceCents } = change;
  const unit = unitOf(commodity);
  const price = (bill: BilledParts) =>
    `${formatFixed(pricePartsOf(bill).perBase * 10, language, 3)} €`;
  const quantity = (bill: BilledParts) => formatBilled(bill.base, commodity, language);
  const rows = [
    {
      effect: t("byQuantity", { now: quantity(after), earlier: quantity(before) }),
      cents: change.quantityCents,
    },
    {
      effect: t("byPrice", { unit, now: price(after), earlier: price(before) }),
      cents: change.priceCents,
    },
    { effect: t("byFixed"), cents: change.fixedCents },
    { effect: t("byOther"), cents: change.otherCents },
    { effect: t("difference"), cents: differenceCents },
  ];
  const signed = (cents: number) => `${cents > 0 ? "+" : ""}${formatCents(cents, language)}`;
  return (
    <div className="mb-8">
      <h3 className="mb-2 font-semibold">{t("why")}</h3>
      <DataTable
        caption={t(differenceCents >= 0 ? "whyMore" : "whyLess", {
          after: after.billNumber,
          before: before.billNumber,
          amount: formatCents(Math.abs(differenceCents), language),
        })}
        rows={rows}
        rowKey={({ effect }) => effect}
        columns={[
          { key: "effect", header: t("effect"), cell: ({ effect }) => effect },
          {
            key: "amount",
            header: t("amount"),
            numeric: true,
            cell: ({ cents }) => signed(cents),
          },
        ]}
      />
    </div>
  );
}
