import type { Part } from "../summary";

/** What had come together at the end of a part, base units; null from where nothing is known. */
export interface SoFar {
  day: string;
  now: number | null;
  before: number | null;
}

/**
 * The running sum of a period beside that of the year before (R25). Each line ends with its last part that
 * has data.
 */
export function cumulative(parts: Part[]): SoFar[] {
  const last = parts.findLastIndex(({ known }) => known > 0);
  const lastBefore = parts.findLastIndex(({ before }) => before !== null);
  let [now, before] = [0, 0];
  return parts.map((part, at) => {
    now += part.total;
    before += part.before ?? 0;
    return {
      day: part.day,
      now: at <= last ? now : null,
      before: at <= lastBefore ? before : null,
    };
  });
}
