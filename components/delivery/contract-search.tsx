import { getTranslations } from "next-intl/server";
import { buttonClass } from "@/components/ui/button-class";
import { LocalLink } from "@/components/ui/local-link";
import { type Language, localizedPath } from "@/lib/i18n/languages";

interface ContractSearchProps {
  query: string;
  /** How many contracts match. */
  found: number;
  language: Language;
}

/** Finds contracts by number or address: a plain form, answered by the page itself. */
export async function ContractSearch({ query, found, language }: ContractSearchProps) {
  const t = await getTranslations("delivery.search");
  return (
    <search className="mb-6 block">
      <form action={localizedPath(language, "/delivery")} method="get">
        <label htmlFor="contract-search" className="font-semibold">
          {t("label")}
        </label>
        <p id="contract-search-hint" className="mt-1 text-muted text-sm">
          {t("hint")}
        </p>
        <div className="mt-1.5 flex flex-wrap gap-3">
          <input
            id="contract-search"
            type="search"
            name="q"
            defaultValue={query}
            key={query}
            maxLength={100}
            aria-describedby="contract-search-hint"
            className="min-w-0 flex-1 rounded-md border border-field-line bg-panel px-3 py-2.5 text-ink"
          />
          <button type="submit" className={buttonClass("quiet")}>
            {t("submit")}
          </button>
        </div>
      </form>
      {query ? (
        <p className="mt-3" role="status">
          {t("found", { count: found, query })}{" "}
          <LocalLink href="/delivery" className="text-accent underline">
            {t("clear")}
          </LocalLink>
        </p>
      ) : null}
    </search>
  );
}
