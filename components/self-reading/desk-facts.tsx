import { getTranslations } from "next-intl/server";
import { Facts } from "@/components/ui/facts";
import type { findDeskReading } from "@/lib/consumption/queries/told-readings";
import type { Language } from "@/lib/i18n/languages";
import { formatDate, formatInstant } from "@/lib/time";
import { meterFigure } from "./meter-figure";

interface DeskFactsProps {
  reading: NonNullable<Awaited<ReturnType<typeof findDeskReading>>>;
  language: Language;
}

/** Everything that the desk knows of a self-reading, and who decided it when. */
export async function DeskFacts({ reading, language }: DeskFactsProps) {
  const t = await getTranslations("readingDesk");
  const tReading = await getTranslations("selfReading");
  const { before, commodity, doubt, refusal, exportedAt, decidedAt } = reading;
  return (
    <Facts
      items={[
        { label: tReading("contract"), value: reading.contractNumber },
        { label: t("meter"), value: reading.meterSerial },
        { label: tReading("figure"), value: meterFigure(reading, language) },
        { label: tReading("readOn"), value: formatDate(reading.readOn, language) },
        {
          label: t("before"),
          value: before
            ? t("beforeOn", {
                figure: meterFigure({ ...before, commodity }, language),
                day: formatDate(before.readOn, language),
              })
            : t("noneBefore"),
        },
        { label: tReading("doubt"), value: doubt ? tReading(`doubts.${doubt}`) : t("noDoubt") },
        { label: tReading("sent"), value: formatInstant(reading.submittedAt, language) },
        {
          label: t("exportedAt"),
          value: exportedAt ? formatInstant(exportedAt, language) : t("notYet"),
        },
        { label: t("photo"), value: reading.photoAddedAt ? null : t("noPhoto") },
        { label: t("reason"), value: refusal ? tReading(`refusals.${refusal}`) : null },
        { label: t("decidedBy"), value: reading.decidedBy },
        { label: t("decidedAt"), value: decidedAt ? formatInstant(decidedAt, language) : null },
      ]}
    />
  );
}
