import { getTranslations } from "next-intl/server";
import { buttonClass } from "@/components/ui/button-class";
import { localizedPath } from "@/lib/i18n/languages";
import type { PeriodLinksProps } from "./period-links";

const INPUT = "mt-1 block min-h-11 rounded-md border border-field-line bg-panel px-3 py-2 text-ink";

/** Leads to the period of a date, or to a range between two: a form that needs no JavaScript. */
export async function PeriodForm({ contract, choice, known, language }: PeriodLinksProps) {
  const t = await getTranslations("consumption");
  const { period, alignment, measure } = choice;
  const kept = {
    contract,
    view: period.kind,
    ...(alignment === "weekday" ? { compare: alignment } : {}),
    ...(measure === "euro" ? { measure } : {}),
  };
  const field = (name: "date" | "from" | "to", value: string) => (
    <label className="font-semibold text-sm">
      {t(`form.${name}`)}
      <input
        type="date"
        name={name}
        defaultValue={value}
        key={value}
        min={known.from}
        required
        className={INPUT}
      />
    </label>
  );
  return (
    <form
      method="get"
      action={localizedPath(language, "/consumption")}
      className="flex flex-wrap items-end gap-3"
    >
      {Object.entries(kept).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {period.kind === "range" ? (
        <>
          {field("from", period.from)}
          {field("to", period.to)}
        </>
      ) : (
        field("date", period.from)
      )}
      <button type="submit" className={buttonClass("quiet")}>
        {t("form.show")}
      </button>
    </form>
  );
}
