import type { ImportReport } from "../faults/import-child";
import { type Row, rowOf } from "./report";
import { growth } from "./runs";

export interface ImportRound {
  ours: ImportReport;
  /** Milliseconds of the limit. */
  limit: number;
}

/** Ours first in even rounds, the limit in odd ones, after the same preparation. */
export async function inTurns(
  round: number,
  measure: {
    ours: () => Promise<ImportReport>;
    limit: () => Promise<number>;
    prepare: () => Promise<void>;
  },
): Promise<ImportRound> {
  await measure.prepare();
  if (round % 2) {
    const limit = await measure.limit();
    await measure.prepare();
    return { limit, ours: await measure.ours() };
  }
  const ours = await measure.ours();
  await measure.prepare();
  return { ours, limit: await measure.limit() };
}

/**
 * Rates against the limit's; of ours how the time splits, each part against the whole; and of each size
 * against the smallest, time per row and the largest memory of the importing process.
 */
export function importRows(
  name: string,
  unit: string,
  sizes: { rows: number; rounds: ImportRound[] }[],
): Row[] {
  const named = (rows: number) => `${name}: ${rows.toLocaleString("en")} ${unit}`;
  const each = sizes.map(({ rows, rounds }) => ({
    contracts: rows,
    us: rounds.map(({ ours }) => (ours.ms / rows) * 1e3),
  }));
  return [
    ...sizes.flatMap(({ rows, rounds }) => [
      rowOf(
        named(rows),
        "/s",
        rounds.map(({ ours, limit }) => ({
          ours: rows / (ours.ms / 1e3),
          limit: rows / (limit / 1e3),
        })),
      ),
      ...(["reading", "checking", "applying"] as const).map((part) =>
        rowOf(
          `${named(rows)}, ${part} of it`,
          "ms",
          rounds.map(({ ours }) => ({ ours: ours.parts[part], limit: ours.ms })),
        ),
      ),
    ]),
    ...growth(name, each),
    ...memory(name, sizes),
  ];
}

function memory(name: string, sizes: { rows: number; rounds: ImportRound[] }[]): Row[] {
  const [smallest] = sizes;
  return sizes.map(({ rows, rounds }) =>
    rowOf(
      `${name}: memory, ${rows.toLocaleString("en")} against ${smallest?.rows.toLocaleString("en")}`,
      "MB",
      rounds.map(({ ours }, at) => ({
        ours: ours.peakMb,
        limit: smallest?.rounds[at]?.ours.peakMb ?? Number.NaN,
      })),
    ),
  );
}
