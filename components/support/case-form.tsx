import { randomUUID } from "node:crypto";
import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { EmailField } from "@/components/accounts/email-field";
import { ActionForm } from "@/components/ui/action-form";
import { SelectField, TextAreaField, TextField } from "@/components/ui/field";
import { LocalLink } from "@/components/ui/local-link";
import { SubmitButton } from "@/components/ui/submit-button";
import type { Company } from "@/lib/companies/queries";
import type { ContractListItem } from "@/lib/contracts/queries/contracts";
import { sendCaseAction, sendOwnCaseAction } from "@/lib/support/actions/cases";
import { type CaseKind, type CaseTopic, SERVICES, TOPICS } from "@/lib/support/schema";

interface CaseFormProps {
  kind: CaseKind;
  companies: Company[];
  topic?: CaseTopic;
}

/** A complaint or a question of anybody's, without an account. */
export async function CaseForm({ kind, companies, topic }: CaseFormProps) {
  const t = await getTranslations("cases");
  const tBills = await getTranslations("bills");
  return (
    <ActionForm
      action={sendCaseAction}
      errorTitle={t(`${kind}.errorTitle`)}
      labels={await labelsOf(kind)}
    >
      <input type="hidden" name="kind" value={kind} />
      <input type="hidden" name="formKey" value={randomUUID()} />
      <SelectField
        name="company"
        label={t("company")}
        defaultValue={companies.length === 1 ? companies[0]?.slug : ""}
        options={[
          { value: "", label: t("chooseCompany") },
          ...companies.map(({ slug, name }) => ({ value: slug, label: name })),
        ]}
      />
      {kind === "complaint" ? (
        <SelectField
          name="commodity"
          label={t("commodity")}
          defaultValue=""
          options={[
            { value: "", label: t("chooseCommodity") },
            ...SERVICES.map((value) => ({ value, label: tBills(`commodity.${value}`) })),
          ]}
        />
      ) : (
        <TopicField topic={topic} />
      )}
      <MessageField kind={kind} />
      <TextField
        name="customerCode"
        label={t("customerCode")}
        hint={t("customerCodeHint")}
        required={false}
        autoComplete="off"
        spellCheck={false}
      />
      <fieldset className="mt-8 mb-2">
        <legend className="mb-4 font-semibold text-lg">{t("reachTitle")}</legend>
        <TextField name="name" label={t("name")} autoComplete="name" />
        <EmailField
          label={t("email")}
          hint={t("emailHint")}
          required={false}
          autoComplete="email"
        />
        <TextField
          name="postalAddress"
          label={t("postalAddress")}
          hint={t("postalHint")}
          required={false}
          autoComplete="off"
        />
        <PhoneField />
      </fieldset>
      <Send kind={kind} />
    </ActionForm>
  );
}

interface OwnCaseFormProps {
  kind: CaseKind;
  contracts: ContractListItem[];
  /** The supply that a link has chosen. */
  contractId?: string;
  email: string;
  topic?: CaseTopic;
}

/** A customer's own: they pick the supply, and who they are is known. */
export async function OwnCaseForm(props: OwnCaseFormProps) {
  const { kind, contracts, email, topic } = props;
  const chosen = contracts.length === 1 ? contracts[0]?.id : props.contractId;
  const t = await getTranslations("cases");
  const tBills = await getTranslations("bills");
  return (
    <ActionForm
      action={sendOwnCaseAction}
      errorTitle={t(`${kind}.errorTitle`)}
      labels={await labelsOf(kind)}
    >
      <input type="hidden" name="kind" value={kind} />
      <input type="hidden" name="formKey" value={randomUUID()} />
      <SelectField
        name="contractId"
        label={t("contract")}
        defaultValue={contracts.find(({ id }) => id === chosen)?.id ?? ""}
        options={[
          { value: "", label: t("chooseContract") },
          ...contracts.map(({ id, commodity, contractNumber, supplyAddress }) => ({
            value: id,
            label: t("contractOption", {
              commodity: tBills(`commodity.${commodity}`),
              number: contractNumber,
              address: supplyAddress,
            }),
          })),
        ]}
      />
      {kind === "question" ? <TopicField topic={topic} /> : null}
      <MessageField kind={kind} />
      <PhoneField />
      <p className="mb-5 [overflow-wrap:anywhere]">{t("signedIn", { email })}</p>
      <Send kind={kind} />
    </ActionForm>
  );
}

async function TopicField({ topic }: { topic?: CaseTopic }) {
  const t = await getTranslations("cases");
  return (
    <SelectField
      name="topic"
      label={t("topic")}
      defaultValue={topic ?? ""}
      options={[
        { value: "", label: t("chooseTopic") },
        ...TOPICS.map((value) => ({ value, label: t(`topics.${value}`) })),
      ]}
    />
  );
}

async function MessageField({ kind }: { kind: CaseKind }) {
  const t = await getTranslations("cases");
  return (
    <TextAreaField
      name="message"
      label={t(`${kind}.message`)}
      hint={t(`${kind}.messageHint`)}
      rows={8}
    />
  );
}

async function PhoneField() {
  const t = await getTranslations("cases");
  return (
    <TextField name="phone" type="tel" label={t("phone")} required={false} autoComplete="tel" />
  );
}

async function Send({ kind }: { kind: CaseKind }) {
  const t = await getTranslations("cases");
  return (
    <>
      <p className="mb-5 text-muted text-sm">
        {t.rich("privacy", {
          link: (text: ReactNode) => (
            <LocalLink href="/privacy" className="text-accent underline">
              {text}
            </LocalLink>
          ),
        })}
      </p>
      <SubmitButton>{t(`${kind}.submit`)}</SubmitButton>
    </>
  );
}

/** The fields' labels, for the list of errors. */
async function labelsOf(kind: CaseKind): Promise<Record<string, string>> {
  const t = await getTranslations("cases");
  return {
    company: t("company"),
    commodity: t("commodity"),
    topic: t("topic"),
    contractId: t("contract"),
    message: t(`${kind}.message`),
    customerCode: t("customerCode"),
    name: t("name"),
    email: t("email"),
    postalAddress: t("postalAddress"),
    phone: t("phone"),
  };
}
