import { getTranslations } from "next-intl/server";
import { buttonClass } from "@/components/ui/button-class";
import { CheckboxField, SelectField, TextField } from "@/components/ui/field";
import { FileField } from "@/components/ui/file-field";
import { currentLanguage } from "@/lib/auth/current";
import { localizedPath } from "@/lib/i18n/languages";
import { UPLOAD_KINDS, uploadMegabytes } from "@/lib/imports/rules";

interface UploadFormProps {
  companies: { slug: string; name: string }[];
}

/** Sends a file to be imported. A plain form: a file of many megabytes is no server action's. */
export async function UploadForm({ companies }: UploadFormProps) {
  const t = await getTranslations("imports");
  const options = (values: readonly string[], label: (value: string) => string) =>
    values.map((value) => ({ value, label: label(value) }));
  return (
    <form
      method="post"
      encType="multipart/form-data"
      action={localizedPath(await currentLanguage(), "/staff/imports/upload")}
      className="max-w-xl"
    >
      <SelectField
        name="company"
        label={t("column.company")}
        options={companies.map(({ slug, name }) => ({ value: slug, label: name }))}
      />
      <SelectField
        name="kind"
        label={t("column.kind")}
        options={UPLOAD_KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))}
      />
      <FileField
        name="file"
        label={t("file")}
        hint={t("fileHint", { size: uploadMegabytes() })}
        required
      />
      <fieldset className="mb-5 rounded-md border border-line p-4">
        <legend className="px-1 font-semibold">{t("forBills")}</legend>
        <SelectField
          name="target"
          label={t("target")}
          options={options(["run", "single", "archive"], (value) =>
            t(`targets.${value as "run" | "single" | "archive"}`),
          )}
        />
        <TextField name="run" label={t("run")} hint={t("runHint")} required={false} />
        <FileField name="documents" label={t("documents")} hint={t("documentsHint")} />
      </fieldset>
      <fieldset className="mb-5 rounded-md border border-line p-4">
        <legend className="px-1 font-semibold">{t("forReadings")}</legend>
        <TextField
          name="contract"
          label={t("contract")}
          hint={t("contractHint")}
          required={false}
        />
      </fieldset>
      <CheckboxField name="dryRun" label={t("dryRun")} hint={t("dryRunHint")} />
      <button type="submit" className={buttonClass("primary")}>
        {t("send")}
      </button>
    </form>
  );
}
