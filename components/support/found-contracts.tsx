import { getTranslations } from "next-intl/server";
import { LocalLink } from "@/components/ui/local-link";
import type { Language } from "@/lib/i18n/languages";
import type { FoundBill, FoundContract } from "@/lib/support/commands/search-customers";
import { formatShortDate } from "@/lib/time";

interface FoundContractsProps {
  contracts: FoundContract[];
  more: boolean;
  query: string;
  language: Language;
}

/** What was found: each contract with its latest bills and where they are. */
export async function FoundContracts({ contracts, more, query, language }: FoundContractsProps) {
  const t = await getTranslations("desk.search");
  return (
    <section aria-labelledby="found">
      <h2 id="found" className="mb-4 font-semibold text-xl [overflow-wrap:anywhere]">
        {t("found", { count: contracts.length, query })}
      </h2>
      {more ? <p className="mb-4 text-muted">{t("more", { count: contracts.length })}</p> : null}
      <ul className="grid gap-4">
        {contracts.map((contract) => (
          <li key={contract.contractId} className="rounded-lg border border-line bg-panel p-5">
            <ContractFound contract={contract} language={language} />
          </li>
        ))}
      </ul>
    </section>
  );
}

async function ContractFound({
  contract,
  language,
}: {
  contract: FoundContract;
  language: Language;
}) {
  const t = await getTranslations("desk.search");
  const tAccount = await getTranslations("staffAccess.account");
  const { holderName, contractNumber, companyName, companySlug, supplyAddress, bills } = contract;
  const look = new URLSearchParams({ company: companySlug, contract: contractNumber });
  return (
    <div className="[overflow-wrap:anywhere]">
      <h3 className="font-semibold text-lg">{holderName}</h3>
      <p className="text-muted">
        {t("contract", { contract: contractNumber, company: companyName })} · {supplyAddress}
      </p>
      <ul className="mt-3 grid gap-1.5">
        {bills.length === 0 ? <li className="text-muted">{t("noBills")}</li> : null}
        {bills.map((bill) => (
          <li key={bill.id}>
            <LocalLink
              href={`/staff/bills/${bill.id}`}
              className="text-accent underline underline-offset-2"
            >
              {t("bill", {
                number: bill.billNumber,
                date: formatShortDate(bill.issueDate, language),
              })}
            </LocalLink>
            {": "}
            <BillWords bill={bill} />
            {bill.formerHolder ? ` · ${t("formerHolder", { name: bill.formerHolder })}` : null}
          </li>
        ))}
      </ul>
      <p className="mt-3 flex flex-wrap gap-x-6">
        <LocalLink
          href={`/staff/delivery?${look}`}
          className="inline-block py-2 text-accent underline underline-offset-2"
        >
          {t("look")}
        </LocalLink>
        {contract.accountId ? (
          <LocalLink
            href={`/staff/accounts/${contract.accountId}`}
            className="inline-block py-2 text-accent underline underline-offset-2"
          >
            {tAccount("open")}
          </LocalLink>
        ) : null}
      </p>
    </div>
  );
}

/** Where a bill is, in the words of the run's pages. */
async function BillWords({ bill }: { bill: FoundBill }) {
  const t = await getTranslations("staff");
  const { withdrawn, state, published, failure } = bill;
  const where = withdrawn
    ? t("runs.outcomeReason.withdrawn")
    : state
      ? t(`runs.dispatch.${state}`)
      : t(published ? "lookUp.archive" : "runs.notPublished");
  const why =
    failure && t.has(`runs.outcomeReason.${failure}`) ? t(`runs.outcomeReason.${failure}`) : null;
  return <span>{why && !withdrawn ? `${where} (${why})` : where}</span>;
}
