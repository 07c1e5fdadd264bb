import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import { LocalLink } from "@/components/ui/local-link";
import type { ContractSheet } from "@/lib/contracts/queries";
import type { Language } from "@/lib/i18n/languages";
import { formatDate } from "@/lib/time";

const TONES = {
  none: "info",
  requested: "info",
  active: "success",
  rejected: "warning",
  revoked: "warning",
  expired: "warning",
} as const;

/** The direct debit of a contract, its IBAN masked; without an active one, how to get it. */
export async function ContractMandate({
  contract,
  language,
}: {
  contract: ContractSheet;
  language: Language;
}) {
  const t = await getTranslations("contracts");
  const { mandate } = contract;
  const link = (text: ReactNode) => (
    <LocalLink href={`/direct-debit/${contract.company.slug}`} className="text-accent underline">
      {text}
    </LocalLink>
  );
  if (!mandate) {
    return (
      <Card title={t("payment")}>
        <p>{t.rich("noMandate", { link })}</p>
      </Card>
    );
  }
  return (
    <Card title={t("payment")}>
      <Facts
        items={[
          {
            label: t("mandateState"),
            value: <Badge tone={TONES[mandate.status]}>{t(`mandate.${mandate.status}`)}</Badge>,
          },
          { label: t("iban"), value: mandate.iban },
          { label: t("debtor"), value: mandate.debtor },
          { label: t("mandateReference"), value: mandate.reference },
          { label: t("creditorId"), value: mandate.creditorId },
          { label: t("since"), value: mandate.since ? formatDate(mandate.since, language) : null },
          { label: t("until"), value: mandate.until ? formatDate(mandate.until, language) : null },
        ]}
      />
      {mandate.status === "active" || mandate.status === "requested" ? null : (
        <p className="mt-4">{t.rich("restart", { link })}</p>
      )}
    </Card>
  );
}
