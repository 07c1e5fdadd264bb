import { getTranslations } from "next-intl/server";
import { Badge } from "@/components/ui/badge";
import { DataTable } from "@/components/ui/data-table";
import { LocalLink } from "@/components/ui/local-link";
import type { MeterToRead } from "@/lib/consumption/queries/self-readings";
import type { Language } from "@/lib/i18n/languages";
import { formatDate } from "@/lib/time";
import { meterFigure } from "./meter-figure";
import { READING_TONES } from "./reading-tones";

/** What was told of a meter, with its receipt and what became of it. */
export async function ReadingList({ meter, language }: { meter: MeterToRead; language: Language }) {
  const t = await getTranslations("selfReading");
  if (meter.readings.length === 0) {
    return <p className="text-muted">{t("none")}</p>;
  }
  return (
    <DataTable
      caption={t("listTitle")}
      captionHidden
      rows={meter.readings}
      rowKey={({ id }) => id}
      columns={[
        { key: "day", header: t("day"), cell: ({ readOn }) => formatDate(readOn, language) },
        {
          key: "figure",
          header: t("figure"),
          numeric: true,
          cell: ({ countThousandths }) =>
            meterFigure({ countThousandths, commodity: meter.commodity }, language),
        },
        {
          key: "receipt",
          header: t("receipt"),
          cell: ({ receiptCode }) => (
            <LocalLink
              href={`/consumption/self-reading/${receiptCode}`}
              className="whitespace-nowrap text-accent underline underline-offset-2"
            >
              {receiptCode}
            </LocalLink>
          ),
        },
        {
          key: "state",
          header: t("state"),
          cell: ({ state, refusal }) => (
            <span>
              <Badge tone={READING_TONES[state]}>{t(`states.${state}`)}</Badge>
              {refusal ? <span className="block text-sm">{t(`refusals.${refusal}`)}</span> : null}
            </span>
          ),
        },
      ]}
    />
  );
}
