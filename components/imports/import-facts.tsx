import { getTranslations } from "next-intl/server";
import { Facts } from "@/components/ui/facts";
import { Notice } from "@/components/ui/notice";
import type { Language } from "@/lib/i18n/languages";
import type { ImportSummary } from "@/lib/imports/queries";
import { formatNumber } from "@/lib/money";
import { formatInstant } from "@/lib/time";

interface ImportFactsProps {
  found: ImportSummary;
  language: Language;
}

/** State, progress and counts of an import. */
export async function ImportFacts({ found, language }: ImportFactsProps) {
  const t = await getTranslations("imports");
  const count = (value: number) => formatNumber(value, language);
  const { state, rows, added, changed, unchanged, applied, failure } = found;
  const of = added + changed;
  return (
    <>
      {state === "failed" ? (
        <Notice tone="danger">
          <span lang="en">{failure}</span>
        </Notice>
      ) : null}
      {state === "cancelled" && found.finishedAt ? (
        <Notice tone="warning">
          {t(found.cancelledBy ? "cancelledBy" : failure ? "cancelledLate" : "cancelledOnce", {
            who: found.cancelledBy ?? "",
            when: formatInstant(found.finishedAt, language),
            applied: found.revertedAt ? 0 : applied,
          })}
        </Notice>
      ) : null}
      {state === "checked" ? <Notice>{t("checkedNote")}</Notice> : null}
      {state === "applying" ? (
        <p className="mb-6">
          <label htmlFor="applied" className="block font-semibold">
            {t("applied", { applied: count(applied), of: count(of) })}
          </label>
          <progress id="applied" max={of} value={applied} className="mt-2 w-full max-w-md" />
        </p>
      ) : null}
      <Facts
        items={[
          { label: t("column.state"), value: t(`state.${found.revertedAt ? "reverted" : state}`) },
          { label: t("column.rows"), value: count(rows) },
          { label: t("column.added"), value: count(added) },
          { label: t("column.changed"), value: count(changed) },
          { label: t("column.unchanged"), value: count(unchanged) },
          { label: t("column.at"), value: formatInstant(found.importedAt, language) },
          {
            label: t("column.finished"),
            value: found.finishedAt ? formatInstant(found.finishedAt, language) : null,
          },
        ]}
      />
    </>
  );
}
