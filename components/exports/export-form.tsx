import { getTranslations } from "next-intl/server";
import { buttonClass } from "@/components/ui/button-class";
import { monthsBefore } from "@/lib/consumption/period";
import type { DayRange } from "@/lib/consumption/queries";
import { EXPORT_FORMATS, RESOLUTIONS } from "@/lib/consumption/schema";
import { type Language, localizedPath } from "@/lib/i18n/languages";

interface ExportFormProps {
  /** How an address names the supply. */
  contract: string;
  /** What there is of it. */
  known: DayRange;
  language: Language;
}

const INPUT =
  "mt-1 block min-h-11 w-full rounded-md border border-field-line bg-panel px-3 py-2 text-ink";

/** Asks for a file of readings: a form that leads to the file, without JavaScript. */
export async function ExportForm({ contract, known, language }: ExportFormProps) {
  const t = await getTranslations("exports");
  const yearAgo = monthsBefore(known.to, 12);
  const from = yearAgo > known.from ? yearAgo : known.from;
  return (
    <form
      method="get"
      action={localizedPath(language, "/consumption/export/file")}
      className="grid max-w-xl gap-5"
    >
      <input type="hidden" name="contract" value={contract} />
      <div className="grid gap-5 @lg:grid-cols-2">
        <label className="font-semibold">
          {t("from")}
          <input type="date" name="from" defaultValue={from} required className={INPUT} />
        </label>
        <label className="font-semibold">
          {t("to")}
          <input type="date" name="to" defaultValue={known.to} required className={INPUT} />
        </label>
      </div>
      <RadioCards
        name="resolution"
        legend={t("resolution")}
        options={RESOLUTIONS.map((value) => ({
          value,
          label: t(`resolutions.${value}.name`),
          hint: t(`resolutions.${value}.hint`),
        }))}
      />
      <RadioCards
        name="format"
        legend={t("format")}
        options={EXPORT_FORMATS.map((value) => ({
          value,
          label: t(`formats.${value}.name`),
          hint: t(`formats.${value}.hint`),
        }))}
      />
      <p>
        <button type="submit" className={buttonClass()}>
          {t("download")}
        </button>
      </p>
    </form>
  );
}

interface RadioCardsProps {
  name: string;
  legend: string;
  options: { value: string; label: string; hint: string }[];
}

/** One of a few, the first unless said; in a form that is sent by address, so without its state. */
function RadioCards({ name, legend, options }: RadioCardsProps) {
  return (
    <fieldset>
      <legend className="font-semibold">{legend}</legend>
      <div className="mt-2 grid gap-2">
        {options.map(({ value, label, hint }, at) => (
          <label
            key={value}
            className="flex cursor-pointer gap-3 rounded-md border border-field-line bg-panel p-3 has-checked:border-accent has-checked:bg-accent-soft"
          >
            <input
              type="radio"
              name={name}
              value={value}
              defaultChecked={at === 0}
              className="mt-1.5 size-4 shrink-0 accent-accent"
            />
            <span>
              <span className="block font-semibold">{label}</span>
              <span className="block text-muted text-sm">{hint}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
