import { getTranslations } from "next-intl/server";
import { Badge } from "@/components/ui/badge";
import { DataTable } from "@/components/ui/data-table";
import type { MeterToRead } from "@/lib/consumption/queries/self-readings";
import { METER_UNITS } from "@/lib/consumption/self-reading";
import type { Language } from "@/lib/i18n/languages";
import { formatNumber } from "@/lib/money";
import { formatDate } from "@/lib/time";

const TONES = { submitted: "warning", accepted: "success", refused: "danger" } as const;

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
            `${formatNumber(countThousandths / 1000, language, 3)} ${METER_UNITS[meter.commodity]}`,
        },
        { key: "receipt", header: t("receipt"), cell: ({ receiptCode }) => receiptCode },
        {
          key: "state",
          header: t("state"),
          cell: ({ state }) => <Badge tone={TONES[state]}>{t(`states.${state}`)}</Badge>,
        },
      ]}
    />
  );
}
