import { getTranslations } from "next-intl/server";
import { Badge } from "@/components/ui/badge";
import { DataTable } from "@/components/ui/data-table";
import { LocalLink } from "@/components/ui/local-link";
import type { Language } from "@/lib/i18n/languages";
import type { BoardRun } from "@/lib/runs/queries/run-board";
import { formatInstant } from "@/lib/time";
import { RUN_TONES, runPath } from "./run-words";

interface RunListProps {
  caption: string;
  runs: BoardRun[];
  language: Language;
}

/** Runs with their state, each a link to its page. */
export async function RunList({ caption, runs, language }: RunListProps) {
  const t = await getTranslations("staff.runs");
  return (
    <DataTable
      caption={caption}
      captionHidden
      rows={runs}
      rowKey={({ id }) => id}
      columns={[
        {
          key: "run",
          header: t("column.run"),
          cell: ({ companySlug, name }) => (
            <LocalLink
              href={runPath(companySlug, name)}
              className="text-accent underline underline-offset-2"
            >
              {name}
            </LocalLink>
          ),
        },
        { key: "company", header: t("column.company"), cell: ({ companyName }) => companyName },
        {
          key: "cutOff",
          header: t("column.cutOff"),
          cell: ({ cutOffAt }) => formatInstant(cutOffAt, language),
        },
        {
          key: "state",
          header: t("column.state"),
          cell: ({ state }) => <Badge tone={RUN_TONES[state]}>{t(`state.${state}`)}</Badge>,
        },
      ]}
    />
  );
}
