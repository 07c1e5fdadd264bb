import type { Part } from "../summary";

/** What had come together at the end of a part, base units; null where nothing is known of it. */
export interface SoFar {
  day: string;
  now: number | null;
  before: number | null;
}

/**
 * The running sum of a period beside that of the year before (R25). Each line begins with its first part that
 * has data and ends with its last one; a part without any has no sum (R22).
 */
export function cumulative(parts: Part[]): SoFar[] {
  const now = running(parts.map(({ known, total }) => (known > 0 ? total : null)));
  const before = running(parts.map((part) => part.before));
  return parts.map(({ day }, at) => ({ day, now: now[at] ?? null, before: before[at] ?? null }));
}

function running(values: (number | null)[]): (number | null)[] {
  let sum = 0;
  return values.map((value) => {
    sum += value ?? 0;
    return value === null ? null : sum;
  });
}
