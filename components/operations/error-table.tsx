import { getTranslations } from "next-intl/server";
import { DataTable } from "@/components/ui/data-table";
import type { Language } from "@/lib/i18n/languages";
import type { ErrorLine } from "@/lib/operations/queries/error-lines";
import { formatInstant } from "@/lib/time";

/** The last error lines of this process's log, with the codes that people quote. */
export async function ErrorTable({ lines, language }: { lines: ErrorLine[]; language: Language }) {
  const t = await getTranslations("operations.errors");
  const code = (text: string | null) =>
    text ? <code className="[overflow-wrap:anywhere]">{text}</code> : "–";
  return (
    <section aria-labelledby="errors">
      <h2 id="errors" className="mb-2 font-semibold text-xl">
        {t("title")}
      </h2>
      <p className="mb-4 max-w-prose text-muted">{t("lead")}</p>
      {lines.length === 0 ? (
        <p className="text-muted">{t("none")}</p>
      ) : (
        <DataTable
          caption={t("title")}
          captionHidden
          rows={lines.map((line, number) => ({ ...line, number }))}
          rowKey={({ number }) => String(number)}
          columns={[
            { key: "reference", header: t("reference"), cell: ({ reference }) => code(reference) },
            { key: "at", header: t("at"), cell: ({ at }) => formatInstant(at, language) },
            { key: "place", header: t("place"), cell: ({ place }) => code(place) },
            {
              key: "error",
              header: t("error"),
              cell: ({ message, error }) => (
                <span className="[overflow-wrap:anywhere]" lang="en">
                  {error ? `${message}: ${error}` : message}
                </span>
              ),
            },
            { key: "request", header: t("request"), cell: ({ request }) => code(request) },
          ]}
        />
      )}
    </section>
  );
}
