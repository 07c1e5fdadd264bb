import { getTranslations } from "next-intl/server";
import { Badge } from "@/components/ui/badge";
import { DataTable } from "@/components/ui/data-table";
import { LocalLink } from "@/components/ui/local-link";
import type { Language } from "@/lib/i18n/languages";
import type { Release } from "@/lib/support/queries/releases";
import { formatInstant } from "@/lib/time";
import { RELEASE_TONES } from "./release-tones";

interface ReleasesTableProps {
  releases: Release[];
  language: Language;
}

export async function ReleasesTable({ releases, language }: ReleasesTableProps) {
  const t = await getTranslations("staffAccess.releases");
  return (
    <DataTable
      caption={t("title")}
      captionHidden
      rows={releases}
      rowKey={({ id }) => id}
      columns={[
        {
          key: "holder",
          header: t("holder"),
          cell: ({ id, holderName, email }) => (
            <span className="[overflow-wrap:anywhere]">
              <LocalLink
                href={`/staff/releases/${id}`}
                className="text-accent underline underline-offset-2"
              >
                {holderName}
              </LocalLink>
              <span className="block font-normal text-muted text-sm">{email}</span>
            </span>
          ),
        },
        {
          key: "contract",
          header: t("contract"),
          cell: ({ contractNumber, companyName }) => (
            <span className="[overflow-wrap:anywhere]">
              {contractNumber}
              <span className="block text-muted text-sm">{companyName}</span>
            </span>
          ),
        },
        {
          key: "started",
          header: t("started"),
          cell: ({ startedAt, startedBy }) =>
            t("startedBy", { at: formatInstant(startedAt, language), who: startedBy }),
        },
        {
          key: "state",
          header: t("state"),
          cell: ({ state }) => <Badge tone={RELEASE_TONES[state]}>{t(`states.${state}`)}</Badge>,
        },
      ]}
    />
  );
}
