import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { Card } from "@/components/ui/card";
import { CheckboxList } from "@/components/ui/checkbox-list";
import { CheckboxField, TextField } from "@/components/ui/field";
import { SubmitButton } from "@/components/ui/submit-button";
import { requestMandateAction } from "@/lib/contracts/actions";
import type { ContractOfMandate } from "@/lib/contracts/queries/mandates";

interface MandateRequestFormProps {
  company: { slug: string; name: string };
  /** Those that a direct debit can be asked for. */
  contracts: ContractOfMandate[];
  holderName: string | null;
}

/** Asks for a direct debit: which contracts, whose account, and the consent. */
export async function MandateRequestForm(props: MandateRequestFormProps) {
  const { company, contracts, holderName } = props;
  const t = await getTranslations("directDebit");
  const tBills = await getTranslations("bills");
  const words = ({ commodity, contractNumber, supplyAddress }: ContractOfMandate) =>
    t("contract", {
      commodity: tBills(`commodity.${commodity}`),
      number: contractNumber,
      address: supplyAddress,
    });
  const [only, ...others] = contracts;
  if (!only) {
    return null;
  }
  return (
    <Card title={t("request.title")}>
      <p className="mb-4">{t("request.lead")}</p>
      <ActionForm
        action={requestMandateAction}
        errorTitle={t("request.errorTitle")}
        labels={{
          contracts: t("request.contracts"),
          iban: t("request.iban"),
          debtor: t("request.debtor"),
          consent: t("request.consentLabel"),
        }}
      >
        <input type="hidden" name="company" value={company.slug} />
        {others.length === 0 ? (
          <p className="mb-5">
            <input type="hidden" name="contracts" value={only.contractId} />
            {t("request.one", { contract: words(only) })}
          </p>
        ) : (
          <CheckboxList
            name="contracts"
            label={t("request.contracts")}
            options={contracts.map((contract) => ({
              value: contract.contractId,
              label: words(contract),
            }))}
            marked={[]}
          />
        )}
        <TextField
          name="iban"
          label={t("request.iban")}
          hint={t("request.ibanHint")}
          autoComplete="off"
          spellCheck={false}
        />
        <TextField
          name="debtor"
          label={t("request.debtor")}
          hint={t("request.debtorHint")}
          defaultValue={holderName ?? undefined}
          autoComplete="name"
        />
        <CheckboxField name="consent" label={t("request.consent", { company: company.name })} />
        <SubmitButton>{t("request.submit")}</SubmitButton>
      </ActionForm>
    </Card>
  );
}
