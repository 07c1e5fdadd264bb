import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { buttonClass } from "@/components/ui/button-class";
import { LocalLink } from "@/components/ui/local-link";
import { SubmitButton } from "@/components/ui/submit-button";
import { Unbroken } from "@/components/ui/unbroken";
import { addContractAction } from "@/lib/accounts/actions/contracts";
import type { AddableContract } from "@/lib/accounts/queries/own-holder-contracts";

/** The holder's contracts that are in no account yet, each with its button, and the way to add by a bill (R5). */
export async function AddableContracts({ contracts }: { contracts: AddableContract[] }) {
  const t = await getTranslations("addContracts");
  const tBills = await getTranslations("bills");
  return (
    <section aria-labelledby="add-contracts" className="mt-10">
      <h2 id="add-contracts" className="mb-2 font-semibold text-xl">
        {t(contracts.length > 0 ? "proposedTitle" : "title")}
      </h2>
      {/* One form for all: its answer stays in sight when the contract it was about is gone from here. */}
      <ActionForm action={addContractAction} errorTitle={t("errorTitle")} labels={{}}>
        {contracts.length > 0 ? (
          <>
            <p className="mb-4">{t("proposedLead")}</p>
            <ul className="mb-6 grid gap-3">
              {contracts.map(({ id, contractNumber, commodity, supplyAddress }) => (
                <li
                  key={id}
                  className="flex flex-wrap items-center justify-between gap-3 rounded-lg border border-line bg-panel p-4"
                >
                  <span>
                    <span className="font-semibold">
                      <Unbroken>{`${tBills(`commodity.${commodity}`)} · ${contractNumber}`}</Unbroken>
                    </span>
                    <span className="block text-muted text-sm">{supplyAddress}</span>
                  </span>
                  <SubmitButton
                    tone="quiet"
                    name="contractId"
                    value={id}
                    label={t("addLabel", { number: contractNumber })}
                  >
                    {t("add")}
                  </SubmitButton>
                </li>
              ))}
            </ul>
          </>
        ) : null}
      </ActionForm>
      <LocalLink href="/contracts/add" className={buttonClass("quiet")}>
        {t("byBill")}
      </LocalLink>
    </section>
  );
}
