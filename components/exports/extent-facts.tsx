import { getTranslations } from "next-intl/server";
import { Facts } from "@/components/ui/facts";
import type { DataExtent } from "@/lib/consumption/queries/data-extent";
import type { Language } from "@/lib/i18n/languages";
import { formatNumber } from "@/lib/money";
import { formatDate } from "@/lib/time";

interface ExtentFactsProps {
  extent: DataExtent;
  language: Language;
}

/** How much there is to download of a supply, and what is missing of it (R22). */
export async function ExtentFacts({ extent, language }: ExtentFactsProps) {
  const t = await getTranslations("exports.extent");
  const { firstDay, lastDay, days, emptyDays, daysWithGaps } = extent;
  const missing = [
    ...(emptyDays > 0 ? [t("emptyDays", { count: emptyDays })] : []),
    ...(daysWithGaps > 0 ? [t("daysWithGaps", { count: daysWithGaps })] : []),
  ];
  return (
    <>
      <Facts
        items={[
          { label: t("first"), value: formatDate(firstDay, language) },
          { label: t("last"), value: formatDate(lastDay, language) },
          { label: t("days"), value: formatNumber(days, language) },
          { label: t("gaps"), value: missing.length > 0 ? missing.join(", ") : t("none") },
        ]}
      />
      {missing.length > 0 ? <p className="mt-3 text-muted text-sm">{t("note")}</p> : null}
    </>
  );
}
