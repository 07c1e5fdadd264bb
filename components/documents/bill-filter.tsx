import { getTranslations } from "next-intl/server";
import { buttonClass } from "@/components/ui/button-class";
import { LocalLink } from "@/components/ui/local-link";
import type { BillFacets } from "@/lib/documents/queries/bill-list";
import { archiveAddress, type BillFilter as Filter } from "@/lib/documents/schema";
import { type Language, localizedPath } from "@/lib/i18n/languages";

interface BillFilterProps {
  filter: Filter;
  facets: BillFacets;
  language: Language;
}

interface Choice {
  name: keyof Filter;
  label: string;
  /** What it says while nothing is chosen. */
  all: string;
  chosen: string | undefined;
  options: { value: string; label: string }[];
}

const INPUT =
  "mt-1 block min-h-11 w-full rounded-md border border-field-line bg-panel px-3 py-2 font-normal text-ink";

/** Which bills to show: one form, whose choices all stand in the page's address. What says nothing is not asked. */
export async function BillFilter({ filter, facets, language }: BillFilterProps) {
  const t = await getTranslations("archive");
  const choices = (await choicesOf(filter, facets)).filter(
    ({ options, chosen }) => options.length > 1 || chosen !== undefined,
  );
  const chosen = choices.flatMap(({ chosen: value, options }) =>
    value === undefined ? [] : [options.find((option) => option.value === value)?.label ?? value],
  );
  const words = filter.q ? [...chosen, t("typed", { text: filter.q })] : chosen;
  return (
    <search className="mb-6 block" data-print="no">
      <form method="get" action={localizedPath(language, "/bills")}>
        <label htmlFor="bill-search" className="font-semibold">
          {t("search")}
        </label>
        <p id="bill-search-hint" className="text-muted text-sm">
          {t("searchHint")}
        </p>
        <div className="flex max-w-xl gap-3">
          <input
            id="bill-search"
            type="search"
            name="q"
            maxLength={60}
            key={filter.q}
            defaultValue={filter.q}
            aria-describedby="bill-search-hint"
            className={INPUT}
          />
          <button type="submit" className={`${buttonClass("quiet")} mt-1`}>
            {t("find")}
          </button>
        </div>
        <details open={chosen.length > 0} className="mt-2">
          <summary className="w-fit cursor-pointer py-2 font-semibold text-accent">
            {t("more")}
          </summary>
          <div className="grid gap-4 pt-1 @lg:grid-cols-2 @4xl:grid-cols-4">
            {choices.map((choice) => (
              <label key={choice.name} className="font-semibold">
                {choice.label}
                {/* A select follows its default only with a key. */}
                <select
                  key={choice.chosen}
                  name={choice.name}
                  defaultValue={choice.chosen}
                  className={INPUT}
                >
                  <option value="">{choice.all}</option>
                  {choice.options.map(({ value, label }) => (
                    <option key={value} value={value}>
                      {label}
                    </option>
                  ))}
                </select>
              </label>
            ))}
          </div>
          <button type="submit" className={`${buttonClass("quiet")} mt-4`}>
            {t("apply")}
          </button>
        </details>
      </form>
      {words.length > 0 ? (
        <p className="mt-4 [overflow-wrap:anywhere]">
          {t("only", { filters: words.join(" · ") })}{" "}
          <LocalLink href={archiveAddress({})} className="text-accent underline">
            {t("clear")}
          </LocalLink>
        </p>
      ) : null}
    </search>
  );
}

async function choicesOf(filter: Filter, facets: BillFacets): Promise<Choice[]> {
  const t = await getTranslations("archive");
  const tBills = await getTranslations("bills");
  return [
    {
      ...{ name: "year", label: t("year"), all: t("allYears"), chosen: filter.year?.toString() },
      options: facets.years.map((year) => ({ value: String(year), label: String(year) })),
    },
    {
      ...{ name: "contract", label: t("contract"), all: t("allContracts") },
      chosen: filter.contract,
      options: withChosen(
        facets.contracts.map(({ id, number, commodity }) => ({
          value: id,
          label: `${tBills(`commodity.${commodity}`)} · ${number}`,
        })),
        { value: filter.contract, label: t("thisContract") },
      ),
    },
    {
      ...{ name: "kind", label: t("kind"), all: t("allKinds"), chosen: filter.kind },
      options: facets.kinds.map((kind) => ({ value: kind, label: tBills(`kind.${kind}`) })),
    },
    {
      ...{ name: "state", label: t("state"), all: t("allStates"), chosen: filter.state },
      options: facets.states.map((state) => ({ value: state, label: tBills(`payment.${state}`) })),
    },
    {
      ...{ name: "way", label: t("way"), all: t("allWays"), chosen: filter.way },
      options: (["electronic", "paper"] as const).map((way) => ({ value: way, label: t(way) })),
    },
  ];
}

/** Of many contracts not all are listed: the chosen one is. */
function withChosen(
  options: Choice["options"],
  { value, label }: { value: string | undefined; label: string },
): Choice["options"] {
  return value === undefined || options.some((option) => option.value === value)
    ? options
    : [...options, { value, label }];
}
