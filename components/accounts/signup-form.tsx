import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { SelectField, TextField } from "@/components/ui/field";
import { LocalLink } from "@/components/ui/local-link";
import { SubmitButton } from "@/components/ui/submit-button";
import { signupAction } from "@/lib/accounts/actions/sign-up";
import type { Company } from "@/lib/companies/queries";

interface SignupFormProps {
  companies: Company[];
  /** Slug of the company chosen on the page before, if any. */
  chosen?: string;
}

const LEGEND = "mb-4 font-semibold text-lg";

/** What is printed on a bill, then e-mail and password (R1). */
export async function SignupForm({ companies, chosen }: SignupFormProps) {
  const t = await getTranslations("signup");
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
  return (
    <ActionForm
      action={signupAction}
      errorTitle={t("errorTitle")}
      labels={{
        company: t("company"),
        taxId: t("taxId"),
        customerCode: t("customerCode"),
        billNumber: t("billNumber"),
        email: t("email"),
        password: t("password"),
      }}
    >
      <fieldset className="mb-6">
        <legend className={LEGEND}>{t("dataTitle")}</legend>
        <SelectField
          name="company"
          label={t("company")}
          hint={
            <>
              {t("companyHint")} {samples}
            </>
          }
          defaultValue={chosen ?? ""}
          options={[
            { value: "", label: t("chooseCompany") },
            ...companies.map(({ slug, name }) => ({ value: slug, label: name })),
          ]}
        />
        <TextField
          name="taxId"
          label={t("taxId")}
          hint={t("taxIdHint")}
          autoComplete="off"
          spellCheck={false}
        />
        <TextField
          name="customerCode"
          label={t("customerCode")}
          hint={t("customerCodeHint", { examples })}
          autoComplete="off"
          spellCheck={false}
        />
        <TextField
          name="billNumber"
          label={t("billNumber")}
          hint={t("billNumberHint")}
          autoComplete="off"
          spellCheck={false}
        />
      </fieldset>
      <fieldset className="mb-2">
        <legend className={LEGEND}>{t("accessTitle")}</legend>
        <TextField
          name="email"
          type="email"
          label={t("email")}
          hint={t("emailHint")}
          autoComplete="username"
          spellCheck={false}
        />
        <TextField
          name="password"
          type="password"
          label={t("password")}
          hint={t("passwordHint")}
          autoComplete="new-password"
        />
      </fieldset>
      <p className="mb-5 text-muted text-sm">{t("privacy")}</p>
      <SubmitButton>{t("submit")}</SubmitButton>
    </ActionForm>
  );
}
