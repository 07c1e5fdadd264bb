import { getTranslations } from "next-intl/server";
import { buttonClass } from "@/components/ui/button-class";
import { monthsBefore } from "@/lib/consumption/period";
import type { MeteredContract } from "@/lib/consumption/queries";
import { EXPORT_FORMATS } from "@/lib/consumption/schema";
import { knownOf } from "@/lib/consumption/views/together";
import { type Language, localizedPath } from "@/lib/i18n/languages";

interface ExportFormProps {
  contracts: MeteredContract[];
  chosen: MeteredContract;
  nameOf: (contract: MeteredContract) => string;
  language: Language;
}

const INPUT =
  "mt-1 block min-h-11 w-full rounded-md border border-field-line bg-panel px-3 py-2 text-ink";

/** Asks for a file of readings: a form that leads to the file, without JavaScript. */
export async function ExportForm({ contracts, chosen, nameOf, language }: ExportFormProps) {
  const t = await getTranslations("exports");
  const consumption = await getTranslations("consumption");
  const known = knownOf(chosen.lastDay ? [chosen] : contracts);
  const yearAgo = monthsBefore(known.to, 12);
  const from = yearAgo > known.from ? yearAgo : known.from;
  return (
    <form
      method="get"
      action={localizedPath(language, "/consumption/export/file")}
      className="grid max-w-xl gap-5"
    >
      <label className="font-semibold">
        {t("supply")}
        <select name="contract" defaultValue={nameOf(chosen)} className={INPUT}>
          {contracts.map((contract) => (
            <option key={contract.id} value={nameOf(contract)}>
              {consumption(`commodity.${contract.commodity}`)} · {contract.contractNumber}
            </option>
          ))}
        </select>
      </label>
      <div className="grid gap-5 sm:grid-cols-2">
        <label className="font-semibold">
          {t("from")}
          <input type="date" name="from" defaultValue={from} required className={INPUT} />
        </label>
        <label className="font-semibold">
          {t("to")}
          <input type="date" name="to" defaultValue={known.to} required className={INPUT} />
        </label>
      </div>
      <fieldset>
        <legend className="font-semibold">{t("format")}</legend>
        <div className="mt-2 grid gap-2">
          {EXPORT_FORMATS.map((format, at) => (
            <label
              key={format}
              className="flex cursor-pointer gap-3 rounded-md border border-field-line bg-panel p-3 has-checked:border-accent has-checked:bg-accent-soft"
            >
              <input
                type="radio"
                name="format"
                value={format}
                defaultChecked={at === 0}
                className="mt-1.5 size-4 shrink-0 accent-accent"
              />
              <span>
                <span className="block font-semibold">{t(`formats.${format}.name`)}</span>
                <span className="block text-muted text-sm">{t(`formats.${format}.hint`)}</span>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <p>
        <button type="submit" className={buttonClass()}>
          {t("download")}
        </button>
      </p>
    </form>
  );
}
