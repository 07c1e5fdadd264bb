import { LIMITS, type PageBytes } from "../e2e/page-bytes";
import { type FirstLook, MOST } from "./first-look";
import type { LookedAt } from "./pages";
import { type Category, LEAST, type Scores } from "./scores";

/** All that was measured of a page. */
export type Measured = Omit<LookedAt, "cookie"> & PageBytes & FirstLook & Scores;

const NAME_WIDTH = 36;
const CATEGORIES = Object.keys(LEAST) as Category[];
const SHORT: Record<Category, string> = {
  performance: "speed",
  accessibility: "access",
  "best-practices": "practice",
  seo: "search",
};

const cell = (value: string | number) => String(value).padStart(9);

export const header = () =>
  "page".padEnd(NAME_WIDTH) +
  [
    ...CATEGORIES.map((category) => SHORT[category]),
    "JS KB",
    "CSS KB",
    "useful s",
    "shift",
    "no JS",
  ]
    .map(cell)
    .join("");

export const rowOf = (page: Measured) =>
  page.name.padEnd(NAME_WIDTH) +
  [
    ...CATEGORIES.map((category) => page.scores[category] ?? "–"),
    (page.scriptBytes / 1000).toFixed(1),
    (page.styleBytes / 1000).toFixed(1),
    page.timed ? (page.usefulMs / 1000).toFixed(2) : "–",
    shiftOf(page).toFixed(3),
    page.sameWithoutScripts ? "same" : "differs",
  ]
    .map(cell)
    .join("");

const shiftOf = ({ layoutShift, simulatedShift }: Measured) =>
  Math.max(layoutShift, simulatedShift);

/** What a page does not hold, one sentence each. */
export function faultsOf(page: Measured): string[] {
  const { name, scores, scriptBytes, styleBytes, usefulMs, failing } = page;
  const faults = CATEGORIES.flatMap((category) => {
    const score = scores[category];
    const why = failing.filter((finding) => finding.startsWith(`${category} `));
    return score !== undefined && score < LEAST[category]
      ? [`${name}: ${category} ${score}, less than ${LEAST[category]}\n    ${why.join("\n    ")}`]
      : [];
  });
  const most = (what: string, value: number, limit: number) =>
    value <= limit ? [] : [`${name}: ${what} ${value}, more than ${limit}`];
  return [
    ...faults,
    ...most("bytes of JavaScript", scriptBytes, LIMITS.scriptBytes),
    ...most("bytes of CSS", styleBytes, LIMITS.styleBytes),
    ...most("layout shift", Number(shiftOf(page).toFixed(4)), MOST.layoutShift),
    ...(page.timed ? most("milliseconds until it can be read", usefulMs, MOST.usefulMs) : []),
    ...(page.sameWithoutScripts ? [] : [`${name}: other content without JavaScript`]),
  ];
}
