import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { meterFigure } from "@/components/self-reading/meter-figure";
import { READING_TONES } from "@/components/self-reading/reading-tones";
import { Badge } from "@/components/ui/badge";
import { DataTable } from "@/components/ui/data-table";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { listSelfReadings } from "@/lib/consumption/queries/told-readings";
import { formatInstant, formatShortDate } from "@/lib/time";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("selfReading"))("staffTitle") };
}

/** What customers read off their meters; each leads to its page, where it is decided. */
export default async function SelfReadingsPage() {
  const ctx = await requireStaff();
  const readings = await listSelfReadings(ctx);
  const t = await getTranslations("selfReading");
  const language = await currentLanguage();
  return (
    <>
      <PageHeader title={t("staffTitle")}>{t("staffLead")}</PageHeader>
      {readings.length === 0 ? <p className="text-muted">{t("staffNone")}</p> : null}
      <DataTable
        caption={t("staffTitle")}
        captionHidden
        rows={readings}
        rowKey={({ id }) => id}
        columns={[
          {
            key: "receipt",
            header: t("receipt"),
            cell: ({ receiptCode }) => (
              <LocalLink
                href={`/staff/self-readings/${receiptCode}`}
                className="whitespace-nowrap text-accent underline underline-offset-2"
              >
                {receiptCode}
              </LocalLink>
            ),
          },
          {
            key: "contract",
            header: t("contract"),
            cell: ({ contractNumber, company }) => (
              <span>
                <span className="whitespace-nowrap">{contractNumber}</span>
                <span className="block text-muted text-sm">{company}</span>
              </span>
            ),
          },
          { key: "day", header: t("day"), cell: ({ readOn }) => formatShortDate(readOn, language) },
          {
            key: "figure",
            header: t("figure"),
            numeric: true,
            cell: (reading) => (
              <span className="whitespace-nowrap">{meterFigure(reading, language)}</span>
            ),
          },
          {
            key: "doubt",
            header: t("doubt"),
            cell: ({ doubt }) => (doubt ? t(`doubts.${doubt}`) : "–"),
          },
          {
            key: "sent",
            header: t("sent"),
            cell: ({ submittedAt }) => formatInstant(submittedAt, language),
          },
          {
            key: "state",
            header: t("state"),
            cell: ({ state, exportedAt, refusal }) => (
              <span>
                <Badge tone={READING_TONES[state]}>
                  {state === "submitted" && exportedAt ? t("exported") : t(`states.${state}`)}
                </Badge>
                {refusal ? (
                  <span className="block text-muted text-sm">{t(`refusals.${refusal}`)}</span>
                ) : null}
              </span>
            ),
          },
          {
            key: "decided",
            header: t("decided"),
            cell: ({ decidedBy, decidedAt }) =>
              decidedBy && decidedAt
                ? t("decidedBy", { who: decidedBy, at: formatInstant(decidedAt, language) })
                : "–",
          },
        ]}
      />
    </>
  );
}
