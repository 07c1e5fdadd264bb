import { getTranslations } from "next-intl/server";
import { Card } from "@/components/ui/card";
import {
  type ContractOfMandate,
  groupByMandate,
  type MandateGroup,
} from "@/lib/contracts/queries/mandates";
import { mayRequestMandate } from "@/lib/contracts/rules";
import type { Language } from "@/lib/i18n/languages";
import { localizedPath } from "@/lib/i18n/languages";
import { formatDate } from "@/lib/time";
import { MandateFacts } from "./mandate-facts";
import { MandateRequestForm } from "./mandate-request-form";

/** How many direct debits are shown in full whatever their state. */
const OPEN_AT_MOST = 3;

interface OwnMandatesProps {
  company: { slug: string; name: string };
  contracts: ContractOfMandate[];
  holderName: string | null;
  language: Language;
}

/** The signed-in customer's direct debits in a company, requests under way, and the form for a new one. */
export async function OwnMandates({ company, contracts, holderName, language }: OwnMandatesProps) {
  const t = await getTranslations("directDebit");
  const groups = groupByMandate(contracts);
  const withMandate = groups.filter(({ mandate }) => mandate !== null);
  // Where there are many, those that work step aside for those that want something done.
  const many = withMandate.length > OPEN_AT_MOST;
  const folded = many ? withMandate.filter(({ mandate }) => mandate?.state === "active") : [];
  const open = withMandate.filter((group) => !folded.includes(group));
  const without = groups.find(({ mandate }) => mandate === null);
  const asked = contracts.filter(({ requestedOn }) => requestedOn !== null);
  return (
    <>
      {withMandate.length > 0 ? (
        <Card title={t("yours", { company: company.name })}>
          {open.length > 0 ? <Groups groups={open} company={company} language={language} /> : null}
          {folded.length > 0 ? (
            <details className={open.length > 0 ? "mt-4 border-line border-t pt-4" : ""}>
              <summary className="cursor-pointer py-2 font-semibold text-accent">
                {t("yoursActive", { count: folded.length })}
              </summary>
              <div className="mt-4">
                <Groups groups={folded} company={company} language={language} />
              </div>
            </details>
          ) : null}
        </Card>
      ) : null}
      {without ? (
        <Card title={t("without")}>
          <ContractList contracts={without.contracts} />
        </Card>
      ) : null}
      {asked.length > 0 ? (
        <Card title={t("asked")}>
          <ul className="grid gap-4">
            {asked.map(({ contractId, contractNumber, requestedOn, requestId }) => (
              <li key={contractId}>
                <p className="font-semibold">{contractNumber}</p>
                <p>{t("askedOn", { date: formatDate(requestedOn ?? "", language) })}</p>
                <p>
                  <a
                    href={localizedPath(
                      language,
                      `/direct-debit/${company.slug}/form?request=${requestId}`,
                    )}
                    className="text-accent underline"
                  >
                    {t("print")}
                    <span className="sr-only"> {contractNumber}</span>
                  </a>
                </p>
              </li>
            ))}
          </ul>
        </Card>
      ) : null}
      <MandateRequestForm
        company={company}
        contracts={contracts.filter(mayRequestMandate)}
        holderName={holderName}
      />
    </>
  );
}

function Groups({
  groups,
  company,
  language,
}: Pick<OwnMandatesProps, "company" | "language"> & { groups: MandateGroup[] }) {
  return (
    <ul className="divide-y divide-line">
      {groups.map(({ mandate, contracts }) =>
        mandate ? (
          <li key={contracts[0]?.contractId} className="py-5 first:pt-0 last:pb-0">
            <MandateFacts
              mandate={mandate}
              creditorName={company.name}
              covered={contracts.map(({ contractNumber }) => contractNumber)}
              language={language}
            />
          </li>
        ) : null,
      )}
    </ul>
  );
}

async function ContractList({ contracts }: { contracts: ContractOfMandate[] }) {
  const t = await getTranslations("directDebit");
  const tBills = await getTranslations("bills");
  return (
    <ul className="grid list-disc gap-1 pl-5">
      {contracts.map(({ contractId, commodity, contractNumber, supplyAddress, ended }) => (
        <li key={contractId}>
          {t("contract", {
            commodity: tBills(`commodity.${commodity}`),
            number: contractNumber,
            address: supplyAddress,
          })}
          {ended ? ` (${t("supplyEnded")})` : ""}
        </li>
      ))}
    </ul>
  );
}
