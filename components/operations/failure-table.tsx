import { getTranslations } from "next-intl/server";
import { DataTable } from "@/components/ui/data-table";
import { LocalLink } from "@/components/ui/local-link";
import type { Language } from "@/lib/i18n/languages";
import type { RecentFailure } from "@/lib/operations/queries/recent-failures";
import { formatInstant } from "@/lib/time";

interface FailureTableProps {
  failures: RecentFailure[];
  language: Language;
}

/** What failed as far as the database knows; codes and names only. */
export async function FailureTable({ failures, language }: FailureTableProps) {
  const t = await getTranslations("operations.failures");
  return (
    <section aria-labelledby="failures" className="mb-12">
      <h2 id="failures" className="mb-2 font-semibold text-xl">
        {t("title")}
      </h2>
      <p className="mb-4 max-w-prose text-muted">{t("lead")}</p>
      {failures.length === 0 ? (
        <p className="text-muted">{t("none")}</p>
      ) : (
        <DataTable
          caption={t("title")}
          captionHidden
          rows={failures}
          rowKey={({ kind, what, at }) => `${kind} ${what} ${at.toISOString()}`}
          columns={[
            {
              key: "what",
              header: t("what"),
              cell: ({ kind, what, importId }) =>
                importId ? (
                  <LocalLink href={`/staff/imports/${importId}`} className="text-accent underline">
                    {t(`kind.${kind}`, { what })}
                  </LocalLink>
                ) : (
                  t(`kind.${kind}`, { what })
                ),
            },
            { key: "code", header: t("code"), cell: ({ code }) => <code>{code}</code> },
            { key: "company", header: t("company"), cell: ({ companyName }) => companyName ?? "–" },
            { key: "at", header: t("at"), cell: ({ at }) => formatInstant(at, language) },
            {
              key: "attempts",
              header: t("attempts"),
              numeric: true,
              cell: ({ attempts, maxAttempts }) =>
                attempts === null || maxAttempts === null
                  ? "–"
                  : t("attemptsValue", { n: attempts, max: maxAttempts }),
            },
          ]}
        />
      )}
    </section>
  );
}
