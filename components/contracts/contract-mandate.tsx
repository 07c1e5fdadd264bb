import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { Card } from "@/components/ui/card";
import { LocalLink } from "@/components/ui/local-link";
import { Notice } from "@/components/ui/notice";
import type { ContractSheet } from "@/lib/contracts/queries/contracts";
import type { Language } from "@/lib/i18n/languages";
import { formatDate } from "@/lib/time";
import { MandateFacts } from "./mandate-facts";

interface ContractMandateProps {
  contract: ContractSheet;
  language: Language;
}

/** The direct debit of a contract, its IBAN masked; without a lasting one, how to get it. */
export async function ContractMandate({ contract, language }: ContractMandateProps) {
  const t = await getTranslations("contracts");
  const { mandate, covered, requestedOn, requestable, companyName, company } = contract;
  const link = (text: ReactNode) => (
    <LocalLink href={`/direct-debit/${company.slug}`} className="text-accent underline">
      {text}
    </LocalLink>
  );
  return (
    <Card title={t("payment")}>
      {requestedOn ? (
        <Notice>
          {t.rich("mandateRequested", { date: formatDate(requestedOn, language), link })}
        </Notice>
      ) : null}
      {mandate ? (
        <MandateFacts
          mandate={mandate}
          creditorName={companyName}
          covered={covered}
          language={language}
        />
      ) : null}
      {requestable ? (
        <p className={mandate ? "mt-4" : ""}>
          {t.rich(mandate ? "restart" : "noMandate", { link })}
        </p>
      ) : null}
      {mandate || requestedOn || requestable ? null : <p>{t("noMandatePlain")}</p>}
    </Card>
  );
}
