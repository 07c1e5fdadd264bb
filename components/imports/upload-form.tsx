import { getTranslations } from "next-intl/server";
import { buttonClass } from "@/components/ui/button-class";
import { CheckboxField, SelectField, TextField } from "@/components/ui/field";
import { FileField } from "@/components/ui/file-field";
import { currentLanguage } from "@/lib/auth/current";
import { localizedPath } from "@/lib/i18n/languages";
import { UPLOAD_KINDS, UPLOAD_PROBLEMS, uploadMegabytes } from "@/lib/imports/rules";
import { largestDirectUpload, takesDirectUploads } from "@/lib/storage/direct-uploads";
import { DirectUpload } from "./direct-upload";

/** What a form adds around its files. */
const FIELDS_BYTES = 64 * 1024;

interface UploadFormProps {
  companies: { slug: string; name: string }[];
}

/**
 * Sends a file to be imported. A plain form: a file of many megabytes is no server action's; what is too large for it
 * goes to the storage itself, where that is offered.
 */
export async function UploadForm({ companies }: UploadFormProps) {
  const t = await getTranslations("imports");
  const direct = takesDirectUploads();
  const language = await currentLanguage();
  const size = uploadMegabytes();
  const large = largestDirectUpload() / 1024 / 1024;
  const options = (values: readonly string[], label: (value: string) => string) =>
    values.map((value) => ({ value, label: label(value) }));
  return (
    <form
      method="post"
      encType="multipart/form-data"
      action={localizedPath(language, "/staff/imports/upload")}
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
        hint={direct ? t("fileHintDirect", { size, large }) : t("fileHint", { size })}
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
      {direct ? (
        <DirectUpload
          address={localizedPath(language, "/staff/imports/direct-upload")}
          formBytes={size * 1024 * 1024 - FIELDS_BYTES}
          words={{
            sending: t("sending"),
            failed: t("problem.not_arrived"),
            problems: Object.fromEntries(
              UPLOAD_PROBLEMS.map((problem) => [
                problem,
                problem === "too_large" ? t("tooLargeDirect", { large }) : t(`problem.${problem}`),
              ]),
            ),
          }}
        />
      ) : null}
      <button type="submit" className={buttonClass("primary")}>
        {t("send")}
      </button>
    </form>
  );
}
