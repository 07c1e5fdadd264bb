import { getTranslations } from "next-intl/server";
import { Card } from "@/components/ui/card";
import type { BillPage } from "@/lib/documents/queries/bills";
import { type ReceiptSection, receiptOf } from "@/lib/documents/receipt";
import type { Language } from "@/lib/i18n/languages";
import { formatFixed, formatNumber } from "@/lib/money";
import { AmountTable } from "./amount-table";

type Line = BillPage["lines"][number];

interface BillReceiptProps {
  bill: BillPage;
  language: Language;
}

const unitWords = (unit: string) => unit.replace(/^m3$/, "m³");

/** `31 kWh × 0,0823 €/kWh`, as far as the line tells it; quantities are informative only. */
function calculation(line: Line, language: Language): string | null {
  if (line.quantity === null || line.unit === null) {
    return null;
  }
  const unit = unitWords(line.unit);
  const quantity = `${formatNumber(Number(line.quantity), language, 3)} ${unit}`;
  return line.unitPriceEur === null
    ? quantity
    : `${quantity} × ${formatNumber(Number(line.unitPriceEur), language, 6)} €/${unit}`;
}

/** The bill as a receipt, then all its lines in sections, then what is time-barred, apart. */
export async function BillReceipt({ bill, language }: BillReceiptProps) {
  const t = await getTranslations("bill");
  const consumption = bill.consumption === null ? null : Number(bill.consumption);
  const receipt = receiptOf({ ...bill, consumption });
  const unit = bill.consumptionUnit ? unitWords(bill.consumptionUnit) : "";
  const headers = { item: t("item"), amount: t("value") };
  const average = (section: ReceiptSection<Line>) =>
    section.quantity === null || section.averageEur === null
      ? null
      : `${formatNumber(section.quantity, language, 3)} ${unit} × ${formatFixed(section.averageEur, language, 4)} €/${unit}`;
  const summary = [...receipt.sections, ...(receipt.timeBarred ? [receipt.timeBarred] : [])].map(
    (section) => ({
      key: section.section,
      name: t(`section.${section.section}`),
      detail: average(section),
      amountCents: section.amountCents,
    }),
  );
  const rest = {
    key: "rest",
    name: t("notItemised"),
    amountCents: receipt.notItemisedCents,
  };
  const linesOf = (section: ReceiptSection<Line>, title?: string) => ({
    key: section.section,
    title,
    rows: section.lines.map((line) => ({
      key: String(line.lineNumber),
      name: line.description,
      detail: calculation(line, language),
      amountCents: line.amountCents,
    })),
    sum: {
      label: t("subtotal", { section: t(`section.${section.section}`) }),
      amountCents: section.amountCents,
    },
  });
  return (
    <div className="grid max-w-3xl gap-6">
      <Card title={t("receipt")}>
        <p className="mb-2 text-muted">
          {summary.some(({ detail }) => detail) ? t("receiptLead") : t("receiptLeadPlain")}
        </p>
        <AmountTable
          caption={t("receipt")}
          headers={headers}
          language={language}
          groups={[
            {
              key: "receipt",
              rows: receipt.notItemisedCents === 0 ? summary : [...summary, rest],
              sum: { label: t("total"), amountCents: bill.totalCents },
            },
          ]}
        />
      </Card>
      {receipt.sections.length > 0 ? (
        <Card title={t("lines")}>
          <AmountTable
            caption={t("linesCaption")}
            headers={headers}
            language={language}
            groups={receipt.sections.map((section) =>
              linesOf(section, t(`section.${section.section}`)),
            )}
          />
        </Card>
      ) : null}
      {receipt.timeBarred ? (
        <Card title={t("section.time-barred")}>
          <p className="mb-2 text-muted">{t("timeBarredLead")}</p>
          <AmountTable
            caption={t("section.time-barred")}
            headers={headers}
            language={language}
            groups={[linesOf(receipt.timeBarred)]}
          />
        </Card>
      ) : null}
    </div>
  );
}
