import { writeFileSync } from "node:fs";
import path from "node:path";
import lighthouse, { type RunnerResult } from "lighthouse";
import { median } from "../bench/report";
import { baseUrl } from "../e2e/authorisation/asking";
import type { LookedAt } from "./pages";

export type Category = "performance" | "accessibility" | "best-practices" | "seo";

/** The least score of 100 (issue 8). */
export const LEAST: Record<Category, number> = {
  performance: 95,
  accessibility: 100,
  "best-practices": 100,
  seo: 100,
};

export interface Scores {
  scores: Partial<Record<Category, number>>;
  /** Of the median run: milliseconds as Lighthouse simulates them. */
  metrics: Record<string, number>;
  /** Cumulative layout shift, the most of all runs. */
  simulatedShift: number;
  /** Audits that cost points, with what they say. */
  failing: string[];
  /** Audits that find something and cost no points. */
  noted: string[];
}

const METRICS = [
  "first-contentful-paint",
  "largest-contentful-paint",
  "total-blocking-time",
  "speed-index",
  "server-response-time",
];

/**
 * Lighthouse's own preset of a phone on a slow line, simulated, in a Chromium that listens at `port`;
 * medians of so many runs. The report of the median run is written as `<name>.html`.
 */
export async function scoresOf(
  page: LookedAt,
  { port, runs, folder }: { port: number; runs: number; folder: string },
): Promise<Scores> {
  const categories = categoriesOf(page);
  const results: RunnerResult[] = [];
  for (let run = 0; run < runs; run += 1) {
    results.push(await once(page, port, categories));
  }
  const score = ({ lhr }: RunnerResult, id: Category) =>
    Math.round((lhr.categories[id]?.score ?? 0) * 100);
  results.sort((a, b) => score(a, categories[0]) - score(b, categories[0]));
  const middle = results[results.length >> 1] as RunnerResult;
  writeFileSync(path.join(folder, `${page.name}.html`), [middle.report].flat()[0] ?? "");
  const value = ({ lhr }: RunnerResult, id: string) => lhr.audits[id]?.numericValue ?? 0;
  return {
    scores: Object.fromEntries(
      categories.map((id) => [id, median(results.map((result) => score(result, id)))]),
    ),
    metrics: page.timed
      ? Object.fromEntries(METRICS.map((id) => [id, Math.round(value(middle, id))]))
      : {},
    simulatedShift: Math.max(...results.map((result) => value(result, "cumulative-layout-shift"))),
    failing: [...new Set(results.flatMap((result) => findings(result, categories, true)))],
    noted: findings(middle, categories, false),
  };
}

/** A page that is not for search engines says so, and fails Lighthouse's SEO by that alone. */
function categoriesOf({ timed, indexed }: LookedAt): [Category, ...Category[]] {
  const always: [Category, Category] = ["accessibility", "best-practices"];
  const seo: Category[] = indexed ? ["seo"] : [];
  return timed ? ["performance", ...always, ...seo] : [...always, ...seo];
}

async function once(
  page: LookedAt,
  port: number,
  onlyCategories: string[],
  again = true,
): Promise<RunnerResult> {
  const { path: address, cookie } = page;
  const url = new URL(address, baseUrl()).href;
  const result = await lighthouse(url, {
    port,
    output: "html",
    logLevel: "error",
    locale: "en-US",
    formFactor: "mobile",
    throttlingMethod: "simulate",
    onlyCategories,
    // In a header, and storage is emptied before each run: the cache is cold and the session stays.
    extraHeaders: cookie ? { Cookie: cookie } : undefined,
  });
  // Its recording of a page fails now and then on a busy machine: nothing was measured then.
  if (result?.lhr.runtimeError && again) {
    return await once(page, port, onlyCategories, false);
  }
  if (!result || result.lhr.runtimeError) {
    throw new Error(`${address}: ${result?.lhr.runtimeError?.message ?? "no result"}`);
  }
  if (result.lhr.finalDisplayedUrl !== url) {
    throw new Error(`${address} led to ${result.lhr.finalDisplayedUrl}`);
  }
  return result;
}

/** What audits found: those with weight in a category, or those without. */
function findings({ lhr }: RunnerResult, categories: Category[], weighty: boolean): string[] {
  return categories.flatMap((category) =>
    (lhr.categories[category]?.auditRefs ?? [])
      .filter(({ weight, group }) => weight > 0 === weighty && group !== "hidden")
      .flatMap(({ id }) => {
        const audit = lhr.audits[id];
        return audit && audit.score !== null && audit.score < (weighty ? 0.9 : 1)
          ? [`${category} ${id}: ${audit.displayValue || audit.title}`]
          : [];
      }),
  );
}
