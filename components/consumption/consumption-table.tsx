import { getTranslations } from "next-intl/server";
import { DataTable } from "@/components/ui/data-table";
import { LocalLink } from "@/components/ui/local-link";
import { monthOf } from "@/lib/consumption/period";
import { formatQuantity, unitOf } from "@/lib/consumption/quantity";
import type { Part } from "@/lib/consumption/summary";
import { BANDS, noteOf } from "./bars-of-parts";
import { type ConsumptionView, partWords } from "./finding";
import { consumptionHref, periodWords } from "./period-words";

/** The chart's numbers, exactly, with what is estimated or missing; the total comes first. */
export async function ConsumptionTable({
  contract,
  ...view
}: ConsumptionView & { contract: string }) {
  const { commodity, period, summary, language } = view;
  const t = await getTranslations("consumption");
  const yearly = period.month === null;
  const shown = summary.parts.filter((part) => part.days > 0 || part.absentDays > 0);
  const before = shown.reduce<number | null>(
    (sum, part) => (part.before === null ? sum : (sum ?? 0) + part.before),
    null,
  );
  const rows: Part[] = [{ ...summary.whole, day: "", before }, ...shown];
  const quantity = (base: number | null | undefined, { days }: Part) =>
    base === null || base === undefined || days === 0
      ? "–"
      : formatQuantity(base, commodity, language);
  return (
    <DataTable
      caption={t("tableCaption", {
        period: periodWords(period, language),
        unit: unitOf(commodity),
      })}
      rows={rows}
      rowKey={({ day }) => day || "total"}
      columns={[
        {
          key: "part",
          header: t(yearly ? "month" : "day"),
          cell: ({ day }) => {
            if (!day) {
              return t("total");
            }
            const words = <span className="whitespace-nowrap">{partWords(view, day)}</span>;
            return yearly ? (
              <LocalLink
                href={consumptionHref(contract, monthOf(day))}
                className="text-accent underline underline-offset-2"
              >
                {words}
              </LocalLink>
            ) : (
              words
            );
          },
        },
        ...(summary.whole.bands
          ? BANDS.map(({ key, label }) => ({
              key,
              header: label,
              numeric: true,
              cell: (part: Part) => quantity(part.bands?.[key], part),
            }))
          : []),
        {
          key: "total",
          header: t("total"),
          numeric: true,
          cell: (part) => quantity(part.total, part),
        },
        {
          key: "before",
          header: t("yearBefore"),
          numeric: true,
          cell: (part) =>
            part.before === null ? "–" : formatQuantity(part.before, commodity, language),
        },
        {
          key: "note",
          header: t("note"),
          cell: (part) => noteOf(part, yearly || part.day === "", t),
        },
      ]}
    />
  );
}
