import { getTranslations } from "next-intl/server";
import { buttonClass } from "@/components/ui/button-class";
import { SelectField, TextField } from "@/components/ui/field";
import { currentLanguage } from "@/lib/auth/current";
import { LANGUAGES, localizedPath } from "@/lib/i18n/languages";
import type { MailPreviewChoice } from "@/lib/mail/queries/preview-mail";
import { MAIL_TEMPLATES } from "@/lib/mail/schema";
import type { MailTheme } from "@/lib/mail/theme";

/** Which e-mail is looked at, as whose, and how. */
export interface MailChoice extends MailPreviewChoice {
  width: "narrow" | "wide";
  theme: MailTheme;
}

const LANGUAGE_NAMES = { it: "Italiano", en: "English", de: "Deutsch" } as const;

interface MailChoiceFormProps {
  choice: MailChoice;
  companies: { slug: string; name: string }[];
}

/** A form that asks for an address: it works without JavaScript, and a choice can be passed on. */
export async function MailChoiceForm({ choice, companies }: MailChoiceFormProps) {
  const t = await getTranslations("staff.emails");
  const action = localizedPath(await currentLanguage(), "/staff/emails");
  return (
    <form method="get" action={action} className="mb-8 grid items-end gap-x-6 @lg:grid-cols-2">
      <SelectField
        name="template"
        label={t("template")}
        defaultValue={choice.template}
        options={MAIL_TEMPLATES.map((value) => ({ value, label: t(`names.${value}`) }))}
      />
      <SelectField
        name="language"
        label={t("language")}
        defaultValue={choice.language ?? ""}
        options={[
          { value: "", label: t("ownLanguage") },
          ...LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] })),
        ]}
      />
      <SelectField
        name="company"
        label={t("company")}
        defaultValue={choice.company ?? ""}
        options={companies.map(({ slug, name }) => ({ value: slug, label: name }))}
      />
      <TextField
        name="contract"
        label={t("contract")}
        hint={t("contractHint")}
        defaultValue={choice.contract ?? ""}
        required={false}
        spellCheck={false}
        autoComplete="off"
      />
      <TextField
        name="bill"
        label={t("bill")}
        hint={t("billHint")}
        defaultValue={choice.bill ?? ""}
        required={false}
        spellCheck={false}
        autoComplete="off"
      />
      <input type="hidden" name="width" value={choice.width} />
      <input type="hidden" name="theme" value={choice.theme} />
      <div className="self-end pb-5">
        <button type="submit" className={buttonClass()}>
          {t("show")}
        </button>
      </div>
    </form>
  );
}
