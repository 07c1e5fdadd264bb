import { getTranslations } from "next-intl/server";
import { DataTable } from "@/components/ui/data-table";
import { LocalLink } from "@/components/ui/local-link";
import type { Language } from "@/lib/i18n/languages";
import type { ImportSummary } from "@/lib/imports/queries";
import { formatNumber } from "@/lib/money";
import { formatInstant } from "@/lib/time";

interface ImportTableProps {
  imports: ImportSummary[];
  language: Language;
}

/** Imports, the newest first; each file's name leads to its page. */
export async function ImportTable({ imports, language }: ImportTableProps) {
  const t = await getTranslations("imports");
  return (
    <DataTable
      caption={t("listTitle")}
      captionHidden
      rows={imports}
      rowKey={({ id }) => id}
      columns={[
        {
          key: "file",
          header: t("column.file"),
          cell: ({ id, fileName }) => (
            <LocalLink href={`/staff/imports/${id}`} className="break-all text-accent underline">
              {fileName}
            </LocalLink>
          ),
        },
        { key: "kind", header: t("column.kind"), cell: ({ kind }) => t(`kind.${kind}`) },
        { key: "company", header: t("column.company"), cell: ({ companyName }) => companyName },
        {
          key: "state",
          header: t("column.state"),
          cell: ({ state, revertedAt }) => t(`state.${revertedAt ? "reverted" : state}`),
        },
        {
          key: "rows",
          header: t("column.rows"),
          numeric: true,
          cell: ({ rows }) => formatNumber(rows, language),
        },
        {
          key: "at",
          header: t("column.at"),
          cell: ({ importedAt }) => formatInstant(importedAt, language),
        },
      ]}
    />
  );
}
