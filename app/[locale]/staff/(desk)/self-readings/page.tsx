import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { DataTable } from "@/components/ui/data-table";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { listSelfReadings } from "@/lib/consumption/queries/self-readings";
import { METER_UNITS } from "@/lib/consumption/self-reading";
import { formatNumber } from "@/lib/money";
import { formatDate, formatInstant } from "@/lib/time";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("selfReading"))("staffTitle") };
}

/** What customers read off their meters; the back office exports it and decides by command. */
export default async function SelfReadingsPage() {
  const ctx = await requireStaff();
  const readings = await listSelfReadings(ctx);
  const t = await getTranslations("selfReading");
  const language = await currentLanguage();
  return (
    <>
      <PageHeader title={t("staffTitle")}>{t("staffLead")}</PageHeader>
      <DataTable
        caption={t("staffTitle")}
        captionHidden
        rows={readings}
        rowKey={({ id }) => id}
        columns={[
          {
            key: "contract",
            header: t("contract"),
            cell: ({ contractNumber, company }) => (
              <span>
                {contractNumber}
                <span className="block font-normal text-muted text-sm">{company}</span>
              </span>
            ),
          },
          { key: "day", header: t("day"), cell: ({ readOn }) => formatDate(readOn, language) },
          {
            key: "figure",
            header: t("figure"),
            numeric: true,
            cell: ({ countThousandths, commodity }) =>
              `${formatNumber(countThousandths / 1000, language, 3)} ${METER_UNITS[commodity]}`,
          },
          {
            key: "doubt",
            header: t("doubt"),
            cell: ({ doubt }) => (doubt ? t(`doubts.${doubt}`) : "–"),
          },
          { key: "receipt", header: t("receipt"), cell: ({ receiptCode }) => receiptCode },
          {
            key: "sent",
            header: t("sent"),
            cell: ({ submittedAt }) => formatInstant(submittedAt, language),
          },
          {
            key: "state",
            header: t("state"),
            cell: ({ state, exportedAt }) =>
              state === "submitted" && exportedAt ? t("exported") : t(`states.${state}`),
          },
        ]}
      />
    </>
  );
}
