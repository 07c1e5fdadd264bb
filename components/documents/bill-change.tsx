import { getTranslations } from "next-intl/server";
import { Card } from "@/components/ui/card";
import { LocalLink } from "@/components/ui/local-link";
import { formatBilled, formatWithUnit, unitOf } from "@/lib/consumption/quantity";
import type { BilledParts } from "@/lib/consumption/queries/billed-parts";
import { type BillChange as Change, pricePartsOf } from "@/lib/consumption/statistics/price-change";
import type { BillPage } from "@/lib/documents/queries/bills";
import type { Language } from "@/lib/i18n/languages";
import { formatCents, formatFixed } from "@/lib/money";
import { formatDateRange } from "@/lib/time";
import { AmountTable } from "./amount-table";

interface BillChangeProps {
  bill: BillPage;
  change: Change;
  language: Language;
}

/** A bill beside the one before of the same contract: how much more or less, and why, to the cent (R25). */
export async function BillChange({ bill, change, language }: BillChangeProps) {
  const t = await getTranslations("billChange");
  const { before, after, days, differenceCents } = change;
  const unit = unitOf(bill.commodity);
  const whole = (parts: BilledParts) => formatBilled(parts.base, bill.commodity, language);
  const daily = (parts: BilledParts, count: number) =>
    formatWithUnit(Math.round(parts.base / count), bill.commodity, language);
  const price = (parts: BilledParts) => formatFixed(pricePartsOf(parts).perBase * 10, language, 4);
  const causes = {
    days: {
      name: t("days"),
      detail: t("daysDetail", { now: days.after, earlier: days.before }),
      amountCents: change.daysCents,
    },
    usage: {
      name: t("usage"),
      detail: t("usageDetail", {
        now: daily(after, days.after),
        earlier: daily(before, days.before),
        total: whole(after),
        totalBefore: whole(before),
      }),
      amountCents: change.usageCents,
    },
    price: {
      name: t("price", { unit }),
      detail: t("priceDetail", { unit, now: price(after), earlier: price(before) }),
      amountCents: change.priceCents,
    },
    fixed: { name: t("fixed"), detail: t("fixedDetail"), amountCents: change.fixedCents },
    rest: { name: t("rest"), amountCents: change.otherCents },
  };
  const rows = Object.entries(causes)
    .map(([key, cause]) => ({ key, ...cause }))
    .filter(({ amountCents }) => amountCents !== 0);
  const way = differenceCents === 0 ? "same" : differenceCents > 0 ? "more" : "less";
  // What pulls the other way is no reason.
  const main = rows.toSorted(
    (a, b) => (b.amountCents - a.amountCents) * Math.sign(differenceCents),
  )[0];
  return (
    <Card title={t("title")} className="w-full max-w-3xl">
      <p className="mb-3 max-w-prose text-lg">
        {t.rich("finding", {
          way,
          unit,
          amount: formatCents(Math.abs(differenceCents), language),
          number: before.billNumber,
          period: formatDateRange(before.from, before.to, language),
          reason: way === "same" ? "none" : (main?.key ?? "none"),
          link: (chunks) => (
            <LocalLink href={`/bills/${before.id}`} className="text-accent underline">
              {chunks}
            </LocalLink>
          ),
        })}
      </p>
      {rows.length > 0 ? (
        <AmountTable
          caption={t("title")}
          headers={{ item: t("effect"), amount: t("amount") }}
          groups={[
            {
              key: "change",
              rows,
              sum: { label: t("difference"), amountCents: differenceCents },
            },
          ]}
          signed
          language={language}
        />
      ) : null}
      {bill.estimated ? <p className="mt-3 text-muted">{t("estimated")}</p> : null}
      {bill.contract ? (
        <p className="mt-4" data-print="no">
          <LocalLink
            href={`/consumption/statistics?contract=${bill.contract.id}`}
            className="text-accent underline"
          >
            {t("statistics")}
          </LocalLink>
        </p>
      ) : null}
    </Card>
  );
}
