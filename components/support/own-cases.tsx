import { getTranslations } from "next-intl/server";
import { DataTable } from "@/components/ui/data-table";
import { LocalLink } from "@/components/ui/local-link";
import type { Language } from "@/lib/i18n/languages";
import type { OwnCase } from "@/lib/support/queries/cases";
import type { CaseKind } from "@/lib/support/schema";
import { formatInstant } from "@/lib/time";
import { CaseState } from "./case-state";

interface OwnCasesProps {
  kind: CaseKind;
  cases: OwnCase[];
  language: Language;
}

/** What the customer has sent, each with where it stands. */
export async function OwnCases({ kind, cases, language }: OwnCasesProps) {
  const t = await getTranslations("cases");
  const tBills = await getTranslations("bills");
  return (
    <DataTable
      caption={t(`${kind}.listTitle`)}
      captionHidden
      rows={cases}
      rowKey={({ id }) => id}
      columns={[
        {
          key: "code",
          header: t("code"),
          cell: ({ id, caseCode }) => (
            <LocalLink
              href={`/receipt/${id}`}
              className="inline-block whitespace-nowrap py-0.5 text-accent underline underline-offset-2"
            >
              {caseCode}
            </LocalLink>
          ),
        },
        {
          key: "supply",
          header: t("contract"),
          cell: ({ commodity, contractNumber }) => (
            <span>
              {commodity ? tBills(`commodity.${commodity}`) : null}
              <span className="block text-muted text-sm">{contractNumber}</span>
            </span>
          ),
        },
        {
          key: "received",
          header: t("received"),
          cell: ({ receivedAt }) => formatInstant(receivedAt, language),
        },
        {
          key: "state",
          header: t("state"),
          cell: (found) => <CaseState found={found} language={language} />,
        },
      ]}
    />
  );
}
