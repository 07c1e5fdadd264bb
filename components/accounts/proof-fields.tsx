import { getTranslations } from "next-intl/server";
import { SelectField } from "@/components/ui/field";
import { LocalLink } from "@/components/ui/local-link";
import type { Company } from "@/lib/companies/queries";
import { CheckedBillNumber, CheckedCustomerCode, CheckedTaxId } from "./checked-fields";

interface ProofFieldsProps {
  companies: Company[];
  /** Slug of the company chosen on the page before, if any. */
  chosen?: string;
}

/** What is printed on a bill and proves a contract (R1); each company's sample bill shows where. */
export async function ProofFields({ companies, chosen }: ProofFieldsProps) {
  const t = await getTranslations("signup");
  const tErrors = await getTranslations("errors");
  const examples = companies
    .map((company) => t("example", { code: company.customerCodeExample, company: company.name }))
    .join(", ");
  const samples = companies.map((company) => (
    <LocalLink
      key={company.slug}
      href={`/sample-bill/${company.slug}`}
      target="_blank"
      className="mr-4 inline-block py-0.5 text-accent underline underline-offset-2"
    >
      {company.name}
      <span className="sr-only"> {t("newTab")}</span>
    </LocalLink>
  ));
  // Of one company there is nothing to choose.
  const only = companies.length === 1 ? companies[0] : undefined;
  return (
    <>
      <SelectField
        name="company"
        label={t("company")}
        hint={
          <>
            {t("companyHint")} {samples}
          </>
        }
        defaultValue={chosen ?? (only ? only.slug : "")}
        options={[
          ...(only ? [] : [{ value: "", label: t("chooseCompany") }]),
          ...companies.map(({ slug, name }) => ({ value: slug, label: name })),
        ]}
      />
      <CheckedTaxId
        name="taxId"
        label={t("taxId")}
        hint={t("taxIdHint")}
        autoComplete="off"
        spellCheck={false}
        sentences={{
          taxIdIsPod: tErrors("taxIdIsPod"),
          taxIdLetterO: tErrors("taxIdLetterO"),
          taxIdShape: tErrors("taxIdShape"),
          taxIdChecksum: t("taxIdChecksum"),
        }}
      />
      <CheckedCustomerCode
        name="customerCode"
        label={t("customerCode")}
        hint={t("customerCodeHint", { examples })}
        autoComplete="off"
        spellCheck={false}
        companies={Object.fromEntries(
          companies.map(({ slug, name, customerCodePattern: pattern, customerCodeExample }) => [
            slug,
            {
              pattern,
              sentence: tErrors("customerCodeShape", {
                company: name,
                example: customerCodeExample,
              }),
            },
          ]),
        )}
        sentences={{
          customerCodeIsPod: tErrors("customerCodeIsPod"),
          customerCodeIsPdr: tErrors("customerCodeIsPdr"),
          customerCodeIsTaxId: tErrors("customerCodeIsTaxId"),
          customerCodeIsMeter: tErrors("customerCodeIsMeter"),
          customerCodeIsBill: tErrors("customerCodeIsBill"),
          customerCodeLetterO: tErrors("customerCodeLetterO"),
        }}
      />
      <CheckedBillNumber
        name="billNumber"
        label={t("billNumber")}
        hint={t("billNumberHint")}
        autoComplete="off"
        spellCheck={false}
        sentence={tErrors("billNumberIsPod")}
      />
    </>
  );
}

/** The fields' labels, for the list of errors. */
export async function proofLabels(): Promise<Record<string, string>> {
  const t = await getTranslations("signup");
  return {
    company: t("company"),
    taxId: t("taxId"),
    customerCode: t("customerCode"),
    billNumber: t("billNumber"),
  };
}
