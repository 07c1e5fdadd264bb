import { getTranslations } from "next-intl/server";
import { buttonClass } from "@/components/ui/button-class";
import { SelectField, TextField } from "@/components/ui/field";
import { currentLanguage } from "@/lib/auth/current";
import { localizedPath } from "@/lib/i18n/languages";

interface LookUpFormProps {
  companies: { slug: string; name: string }[];
  company?: string;
  contract?: string;
  at?: string;
}

/** Company, contract number and, if wanted, a time; a form that asks for an address. */
export async function LookUpForm({ companies, company, contract, at }: LookUpFormProps) {
  const t = await getTranslations("staff.lookUp");
  return (
    <form
      method="get"
      action={localizedPath(await currentLanguage(), "/staff/delivery")}
      className="mb-8 grid items-end gap-x-6 @lg:grid-cols-2"
    >
      <SelectField
        name="company"
        label={t("company")}
        defaultValue={company}
        options={companies.map(({ slug, name }) => ({ value: slug, label: name }))}
      />
      <TextField
        name="contract"
        label={t("contract")}
        defaultValue={contract ?? ""}
        spellCheck={false}
        autoComplete="off"
      />
      <TextField
        name="at"
        label={t("at")}
        hint={t("atHint")}
        defaultValue={at ?? ""}
        required={false}
        spellCheck={false}
        autoComplete="off"
      />
      <div className="self-end pb-5">
        <button type="submit" className={buttonClass()}>
          {t("submit")}
        </button>
      </div>
    </form>
  );
}
