import { getTranslations } from "next-intl/server";
import { Badge } from "@/components/ui/badge";
import { Facts } from "@/components/ui/facts";
import type { Mandate } from "@/lib/contracts/queries/mandates";
import type { Language } from "@/lib/i18n/languages";
import { formatDate } from "@/lib/time";

const TONES = {
  requested: "info",
  starting: "info",
  active: "success",
  ending: "warning",
  rejected: "warning",
  revoked: "warning",
  expired: "warning",
  ended: "warning",
} as const;

interface MandateFactsProps {
  mandate: Mandate;
  creditorName: string;
  /** Numbers of the contracts it covers. */
  covered: string[];
  language: Language;
}

/** A direct debit as its holder may know it: where it stands since when, whose account, which contracts. */
export async function MandateFacts({
  mandate,
  creditorName,
  covered,
  language,
}: MandateFactsProps) {
  const t = await getTranslations("contracts");
  const day = (date: string | null) => (date ? formatDate(date, language) : null);
  return (
    <>
      <p className="mb-4">
        <Badge tone={TONES[mandate.state]}>{t(`mandate.${mandate.state}`)}</Badge>{" "}
        {t(`mandateOn.${mandate.state}`, { date: formatDate(mandate.on, language) })}
      </p>
      <Facts
        items={[
          { label: t("iban"), value: mandate.iban },
          { label: t("debtor"), value: mandate.debtor },
          { label: t("mandateReference"), value: mandate.reference },
          { label: t("covers"), value: covered.join(", ") },
          { label: t("creditorName"), value: creditorName },
          { label: t("creditorId"), value: mandate.creditorId },
          { label: t("since"), value: day(mandate.since) },
          { label: t("until"), value: day(mandate.until) },
        ]}
      />
    </>
  );
}
