import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { Facts } from "@/components/ui/facts";
import type { Language } from "@/lib/i18n/languages";
import type { SupportCase } from "@/lib/support/queries/cases";
import { formatInstant } from "@/lib/time";

interface CaseFactsProps {
  found: SupportCase;
  language: Language;
  /** What else its reader is to know. */
  more?: { label: string; value: ReactNode }[];
}

/** Code, day and hour, what it is about, and where the answer goes. */
export async function CaseFacts({ found, language, more = [] }: CaseFactsProps) {
  const t = await getTranslations("cases");
  const tBills = await getTranslations("bills");
  const { email, postalAddress } = found;
  const reachable = email?.includes("@") ? email : null;
  return (
    <Facts
      items={[
        { label: t("code"), value: found.caseCode },
        { label: t("received"), value: formatInstant(found.receivedAt, language) },
        { label: t("company"), value: found.companyName },
        {
          label: t("commodity"),
          value: found.commodity ? tBills(`commodity.${found.commodity}`) : null,
        },
        { label: t("topic"), value: found.topic ? t(`topics.${found.topic}`) : null },
        { label: t("givenContract"), value: found.contractNumber },
        { label: t("givenCode"), value: found.customerCode },
        { label: t("from"), value: found.name },
        {
          label: t("answerTo"),
          value: reachable ?? (postalAddress ? t("byPost", { address: postalAddress }) : null),
        },
        { label: t("givenPhone"), value: found.phone },
        ...more,
      ]}
    />
  );
}
