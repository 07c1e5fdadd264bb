import { getTranslations } from "next-intl/server";
import { DataTable } from "@/components/ui/data-table";
import type { FaultRow } from "@/lib/imports/queries";

/** What is wrong with a file, by line. The sentences are the importer's own, in English. */
export async function FaultTable({ faults }: { faults: FaultRow[] }) {
  const t = await getTranslations("imports");
  return (
    <DataTable
      caption={t("faultsCaption")}
      captionHidden
      rows={faults}
      rowKey={({ ordinal }) => String(ordinal)}
      columns={[
        { key: "line", header: t("column.line"), cell: ({ line }) => line ?? "–" },
        { key: "column", header: t("column.column"), cell: ({ column }) => column ?? "–" },
        {
          key: "reason",
          header: t("column.reason"),
          cell: ({ reason }) => (
            <span lang="en" className="[overflow-wrap:anywhere]">
              {reason}
            </span>
          ),
        },
      ]}
    />
  );
}
