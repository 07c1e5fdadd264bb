import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import { SelectField, TextAreaField } from "@/components/ui/field";
import { LocalLink } from "@/components/ui/local-link";
import { SubmitButton } from "@/components/ui/submit-button";
import type { Language } from "@/lib/i18n/languages";
import { endCustomerSessionsAction, startReleaseAction } from "@/lib/support/actions/access";
import type { AccountSheet } from "@/lib/support/commands/read-account";
import { formatInstant } from "@/lib/time";

const LINK = "inline-block py-2 text-accent underline underline-offset-2";

/** Who signs in, since when, on how many devices, and to which contracts. */
export async function AccountFacts({
  sheet,
  language,
}: {
  sheet: AccountSheet;
  language: Language;
}) {
  const t = await getTranslations("staffAccess.account");
  const { sessions, contracts } = sheet;
  return (
    <>
      <Facts
        items={[
          { label: t("email"), value: sheet.email },
          { label: t("holder"), value: sheet.holderName },
          { label: t("since"), value: formatInstant(sheet.since, language) },
          { label: t("secondFactor"), value: t(sheet.secondFactor ? "on" : "off") },
          { label: t("sessions"), value: String(sessions.live) },
          {
            label: t("lastSeen"),
            value: sessions.lastSeenAt ? formatInstant(sessions.lastSeenAt, language) : t("never"),
          },
        ]}
      />
      <h3 className="mt-6 mb-2 font-semibold">{t("contracts")}</h3>
      {contracts.length === 0 ? <p className="text-muted">{t("noContracts")}</p> : null}
      <ul className="grid gap-1">
        {contracts.map(({ contractId, contractNumber, companyName }) => (
          <li key={contractId} className="[overflow-wrap:anywhere]">
            <LocalLink
              href={`/staff/search?${new URLSearchParams({ q: contractNumber })}`}
              className={LINK}
            >
              {t("contractOf", { contract: contractNumber, company: companyName })}
            </LocalLink>
          </li>
        ))}
      </ul>
    </>
  );
}

export async function EndSessions({ accountId }: { accountId: string }) {
  const t = await getTranslations("staffAccess.account");
  return (
    <Card title={t("endTitle")}>
      <p className="mb-4">{t("endLead")}</p>
      <ActionForm
        action={endCustomerSessionsAction}
        errorTitle={t("endErrorTitle")}
        labels={{}}
        idPrefix="sessions-"
      >
        <input type="hidden" name="accountId" value={accountId} />
        <SubmitButton tone="danger">{t("endSubmit")}</SubmitButton>
      </ActionForm>
    </Card>
  );
}

/** Begins a release (R6), or leads to the one that is open. */
export async function StartRelease({ sheet }: { sheet: AccountSheet }) {
  const t = await getTranslations("staffAccess.account");
  const { contracts } = sheet;
  return (
    <Card title={t("releaseTitle")}>
      <p className="mb-4">{t("releaseLead")}</p>
      {sheet.openReleaseId ? (
        <p className="mb-4">
          <LocalLink href={`/staff/releases/${sheet.openReleaseId}`} className={LINK}>
            {t("toRelease")}
          </LocalLink>
        </p>
      ) : null}
      {contracts.length === 0 ? (
        <p className="text-muted">{t("noContracts")}</p>
      ) : (
        <ActionForm
          action={startReleaseAction}
          errorTitle={t("releaseErrorTitle")}
          labels={{ contractId: t("releaseContract"), reason: t("releaseReason") }}
          idPrefix="release-"
        >
          <input type="hidden" name="accountId" value={sheet.id} />
          <SelectField
            name="contractId"
            label={t("releaseContract")}
            options={contracts.map(({ contractId, contractNumber, billingAddress }) => ({
              value: contractId,
              label: `${billingAddress} (${contractNumber})`,
            }))}
          />
          <TextAreaField
            name="reason"
            label={t("releaseReason")}
            hint={t("releaseReasonHint")}
            rows={2}
          />
          <SubmitButton tone="quiet">{t("releaseSubmit")}</SubmitButton>
        </ActionForm>
      )}
    </Card>
  );
}
