import { getTranslations } from "next-intl/server";
import { reasonKey } from "@/components/runs/run-words";
import { DataTable } from "@/components/ui/data-table";
import type { DeliveryLookUp } from "@/lib/delivery/commands/look-up-delivery";
import type { Language } from "@/lib/i18n/languages";
import { formatCents } from "@/lib/money";
import { formatInstant, formatShortDate } from "@/lib/time";

const HEADING = "mt-10 mb-4 font-semibold text-xl";

interface PlanTableProps {
  plans: DeliveryLookUp["plans"];
  language: Language;
}

/** What was frozen for the contract, run by run. */
export async function PlanTable({ plans, language }: PlanTableProps) {
  const t = await getTranslations("staff");
  return (
    <>
      <h3 className={HEADING}>{t("lookUp.plans")}</h3>
      {plans.length === 0 ? <p className="text-muted">{t("lookUp.noPlans")}</p> : null}
      {plans.length > 0 ? (
        <DataTable
          caption={t("lookUp.plans")}
          captionHidden
          rows={plans}
          rowKey={({ run }) => run}
          columns={[
            { key: "run", header: t("runs.column.run"), cell: ({ run }) => run },
            {
              key: "cutOff",
              header: t("runs.column.cutOff"),
              cell: ({ cutOffAt }) => formatInstant(cutOffAt, language),
            },
            {
              key: "mode",
              header: t("runs.column.mode"),
              cell: ({ mode, email }) => (
                <span className="[overflow-wrap:anywhere]">
                  {t(`mode.${mode}`)}
                  {email ? <span className="block text-muted text-sm">{email}</span> : null}
                </span>
              ),
            },
            {
              key: "reason",
              header: t("runs.column.reason"),
              cell: ({ mode, reason }) => t(`reason.${reasonKey(mode, reason)}`),
            },
            {
              key: "discount",
              header: t("runs.column.discount"),
              numeric: true,
              cell: ({ discountBasis, discountCents }) =>
                discountBasis
                  ? t(`discount.${discountBasis}`, { amount: formatCents(discountCents, language) })
                  : "–",
            },
          ]}
        />
      ) : null}
    </>
  );
}

interface ChoiceTableProps {
  choices: DeliveryLookUp["choices"];
  language: Language;
}

/** Every choice, newest first; none is ever changed (R10). */
export async function ChoiceTable({ choices, language }: ChoiceTableProps) {
  const t = await getTranslations("staff.lookUp");
  return (
    <>
      <h3 className={HEADING}>{t("history")}</h3>
      {choices.length === 0 ? (
        <p className="text-muted">{t("noChoice")}</p>
      ) : (
        <DataTable
          caption={t("history")}
          captionHidden
          rows={choices}
          rowKey={({ id }) => id}
          columns={[
            {
              key: "at",
              header: t("chosenAt"),
              cell: ({ chosenAt }) => formatInstant(chosenAt, language),
            },
            {
              key: "mode",
              header: t("choice"),
              cell: ({ mode, email }) => (
                <span className="[overflow-wrap:anywhere]">
                  {t(`chose.${mode}`)}
                  {email ? <span className="block text-muted text-sm">{email}</span> : null}
                </span>
              ),
            },
            { key: "origin", header: t("from"), cell: ({ origin }) => t(`origin.${origin}`) },
            {
              key: "notice",
              header: t("notice"),
              cell: ({ noticeVersion }) => noticeVersion ?? "–",
            },
          ]}
        />
      )}
    </>
  );
}

interface SentTableProps {
  bills: DeliveryLookUp["bills"];
  language: Language;
}

/** The latest bills and where each one's sending stands: "did my bill arrive?" */
export async function SentTable({ bills, language }: SentTableProps) {
  const t = await getTranslations("staff");
  return (
    <>
      <h3 className={HEADING}>{t("lookUp.sent")}</h3>
      {bills.length === 0 ? (
        <p className="text-muted">{t("lookUp.noBills")}</p>
      ) : (
        <DataTable
          caption={t("lookUp.sent")}
          captionHidden
          rows={bills}
          rowKey={({ id }) => id}
          columns={[
            { key: "bill", header: t("runs.column.bill"), cell: ({ billNumber }) => billNumber },
            {
              key: "issued",
              header: t("lookUp.issued"),
              cell: ({ issueDate }) => formatShortDate(issueDate, language),
            },
            {
              key: "sent",
              header: t("runs.column.sent"),
              cell: ({ state, email, failure, publishedAt, withdrawnAt }) => (
                <span className="[overflow-wrap:anywhere]">
                  {withdrawnAt
                    ? t("runs.outcomeReason.withdrawn")
                    : state
                      ? t(`runs.dispatch.${state}`)
                      : t(publishedAt ? "lookUp.archive" : "runs.notPublished")}
                  {failure && t.has(`runs.outcomeReason.${failure}`) ? (
                    <span className="block text-muted text-sm">
                      {t(`runs.outcomeReason.${failure}`)}
                    </span>
                  ) : null}
                  {email && state !== "paper" ? (
                    <span className="block text-muted text-sm">{email}</span>
                  ) : null}
                </span>
              ),
            },
          ]}
        />
      )}
    </>
  );
}
