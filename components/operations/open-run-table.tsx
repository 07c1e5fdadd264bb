import { getTranslations } from "next-intl/server";
import { DataTable } from "@/components/ui/data-table";
import { LocalLink } from "@/components/ui/local-link";
import type { Language } from "@/lib/i18n/languages";
import { formatNumber } from "@/lib/money";
import type { OpenRun } from "@/lib/operations/queries/open-runs";
import { sinceWords } from "./since-words";

const COUNTS = ["electronic", "delivered", "fallback", "excluded", "open"] as const;

/** Published runs that are not closed: where their electronic documents are (R20). */
export async function OpenRunTable({ runs, language }: { runs: OpenRun[]; language: Language }) {
  const t = await getTranslations("operations.runs");
  const words = await sinceWords();
  return (
    <section aria-labelledby="runs" className="mb-12">
      <h2 id="runs" className="mb-4 font-semibold text-xl">
        {t("title")}
      </h2>
      {runs.length === 0 ? (
        <p className="text-muted">{t("none")}</p>
      ) : (
        <DataTable
          caption={t("title")}
          captionHidden
          rows={runs}
          rowKey={({ companySlug, run }) => `${companySlug} ${run}`}
          columns={[
            {
              key: "run",
              header: t("run"),
              cell: ({ companySlug, companyName, run }) => (
                <LocalLink
                  href={`/staff/runs/${companySlug}/${encodeURIComponent(run)}/reconciliation`}
                  className="text-accent underline"
                >
                  {companyName}, {run}
                </LocalLink>
              ),
            },
            {
              key: "since",
              header: t("since"),
              cell: ({ publishedSeconds }) => words(publishedSeconds),
            },
            ...COUNTS.map((name) => ({
              key: name,
              header: t(name),
              numeric: true,
              cell: (row: OpenRun) => formatNumber(row[name], language),
            })),
          ]}
        />
      )}
    </section>
  );
}
