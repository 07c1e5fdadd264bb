import type { Period } from "@/lib/consumption/period";
import type { ViewChoice } from "@/lib/consumption/schema";

/** How an address names all supplies together. */
export const ALL_SUPPLIES = "all";

/** The page's address for a contract and what is to be seen of it, without the language's prefix. */
export function consumptionHref(contract: string, choice: Partial<ViewChoice> = {}): string {
  const query = new URLSearchParams({ contract });
  for (const [name, value] of Object.entries({
    ...periodQuery(choice.period),
    compare: choice.alignment === "weekday" ? "weekday" : "",
    measure: choice.measure === "euro" ? "euro" : "",
  })) {
    if (value) {
      query.set(name, value);
    }
  }
  return `/consumption?${query}`;
}

function periodQuery(period: Period | undefined): Record<string, string> {
  if (!period) {
    return {};
  }
  const { kind, from, to } = period;
  return kind === "range" ? { view: kind, from, to } : { view: kind, date: from };
}
