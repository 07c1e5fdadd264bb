import { getTranslations } from "next-intl/server";
import { DataTable } from "@/components/ui/data-table";
import { LocalLink } from "@/components/ui/local-link";
import { partKindOf, periodOf } from "@/lib/consumption/period";
import { formatQuantity, unitOf } from "@/lib/consumption/quantity";
import type { Part } from "@/lib/consumption/summary";
import { formatCents } from "@/lib/money";
import { BANDS, noteOf } from "./bars-of-parts";
import { type ConsumptionView, wordsOf } from "./finding";
import { periodWords } from "./period-words";
import { consumptionHref } from "./view-address";

/** What a part of one kind leads to. */
const CLOSER = { year: "year", month: "month", day: "day" } as const;
const HEADERS = { interval: "time", day: "day", month: "month", year: "year" } as const;

/** The chart's numbers, exactly, with what is estimated or missing; the total comes first. */
export async function ConsumptionTable({
  contract,
  ...view
}: ConsumptionView & { contract: string }) {
  const { commodity, period, alignment, measure, summary, language } = view;
  const t = await getTranslations("consumption");
  const kind = partKindOf(period);
  const shown = summary.parts.filter((part) => part.known > 0 || part.absent > 0);
  const rows: Part[] = [{ ...summary.whole, day: "", clock: null, until: null }, ...shown];
  // No day stands beside 29 February, which the whole of the year before has.
  const beside = summary.parts.reduce((sum, { before }) => sum + (before ?? 0), 0);
  const leapDay = kind === "day" && (summary.whole.before ?? 0) > beside;
  const quantity = (base: number | null | undefined, { known }: Part) =>
    base === null || base === undefined || known === 0
      ? "–"
      : formatQuantity(base, commodity, language);
  const first = (part: Part) => {
    if (!part.day) {
      return t("total");
    }
    const words = <span className="whitespace-nowrap">{wordsOf(view, part)}</span>;
    return kind === "interval" ? (
      words
    ) : (
      <LocalLink
        href={consumptionHref(contract, {
          period: periodOf(CLOSER[kind], part.day),
          alignment,
          measure,
        })}
        className="text-accent underline underline-offset-2"
      >
        {words}
      </LocalLink>
    );
  };
  return (
    <DataTable
      caption={t(view.injected ? "injectedCaption" : "tableCaption", {
        period: periodWords(period, language),
        unit: unitOf(commodity),
      })}
      rows={rows}
      rowKey={({ day, clock }) => `${day} ${clock ?? ""}`.trim() || "total"}
      columns={[
        { key: "part", header: t(HEADERS[kind]), cell: first },
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
        ...(summary.parts.some(({ cents }) => cents !== null)
          ? [
              {
                key: "cost",
                header: t("cost"),
                numeric: true,
                cell: ({ cents }: Part) => (cents === null ? "–" : formatCents(cents, language)),
              },
            ]
          : []),
        {
          key: "note",
          header: t("note"),
          cell: (part) =>
            part.day
              ? noteOf(part, kind, t)
              : [noteOf(part, "whole", t), leapDay ? t("leapDay") : ""].filter(Boolean).join(", "),
        },
      ]}
    />
  );
}
