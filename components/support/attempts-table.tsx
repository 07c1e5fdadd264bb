import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { Badge } from "@/components/ui/badge";
import { DataTable } from "@/components/ui/data-table";
import { LocalLink } from "@/components/ui/local-link";
import { SubmitButton } from "@/components/ui/submit-button";
import type { Language } from "@/lib/i18n/languages";
import { askForConfirmationAction } from "@/lib/support/actions/attempts";
import type { Attempt } from "@/lib/support/commands/read-attempts";
import { formatInstant } from "@/lib/time";

const TONES = {
  pending: "info",
  confirm: "warning",
  confirmed: "success",
  no_match: "danger",
  mandate_missing: "danger",
  account_exists: "warning",
  contract_taken: "warning",
  throttled: "danger",
} as const;

interface AttemptsTableProps {
  attempts: Attempt[];
  language: Language;
}

/** Attempts to register: when, who by the ends of what they typed, why, and what helps the caller. */
export async function AttemptsTable({ attempts, language }: AttemptsTableProps) {
  const t = await getTranslations("staffAccess.attempts");
  return (
    <DataTable
      caption={t("title")}
      captionHidden
      rows={attempts}
      rowKey={({ id }) => id}
      columns={[
        {
          key: "at",
          header: t("at"),
          cell: ({ at, companyName }) => (
            <span>
              {formatInstant(at, language)}
              <span className="block font-normal text-muted text-sm">{companyName}</span>
            </span>
          ),
        },
        {
          key: "who",
          header: t("who"),
          cell: ({ email, taxId, customerCode }) => (
            <span className="[overflow-wrap:anywhere]">
              {email}
              <span className="block text-muted text-sm">{t("taxId", { taxId })}</span>
              <span className="block text-muted text-sm">
                {t("customerCode", { code: customerCode })}
              </span>
            </span>
          ),
        },
        {
          key: "why",
          header: t("why"),
          cell: ({ outcome, contractNumber }) => (
            <span className="block max-w-sm">
              <Badge tone={TONES[outcome]}>{t(`outcomes.${outcome}`)}</Badge>
              <span className="mt-1 block text-sm">{t(`help.${outcome}`)}</span>
              {contractNumber ? (
                <LocalLink
                  href={`/staff/search?${new URLSearchParams({ q: contractNumber })}`}
                  className="text-accent text-sm underline underline-offset-2"
                >
                  {t("contract", { contract: contractNumber })}
                </LocalLink>
              ) : null}
            </span>
          ),
        },
        {
          key: "what",
          header: t("what"),
          cell: ({ id, waits }) => (waits ? <AskAgain attemptId={id} /> : "–"),
        },
      ]}
    />
  );
}

async function AskAgain({ attemptId }: { attemptId: string }) {
  const t = await getTranslations("staffAccess.attempts");
  return (
    <ActionForm
      action={askForConfirmationAction}
      errorTitle={t("askErrorTitle")}
      labels={{}}
      idPrefix={`${attemptId}-`}
      doneInstead
    >
      <input type="hidden" name="attemptId" value={attemptId} />
      <SubmitButton tone="quiet">{t("askAgain")}</SubmitButton>
    </ActionForm>
  );
}
