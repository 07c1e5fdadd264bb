import type { FaultList } from "./errors";

/** Characters of one record: a lost closing quote must not swallow the file. */
export const RECORD_MAX = 64 * 1024;
/** Cells of one record: a day of quarter-hours, two directions, and what belongs to it. */
export const CELLS_MAX = 1_000;

/** A record of a CSV file, cells trimmed; good until the next ones are asked for. */
export interface CsvRecord {
  /** From 1. A record over several lines counts by its first. */
  readonly line: number;
  /** How many cells it has. */
  readonly width: number;
  /** The text of a cell, counted from 0; empty where there is none. */
  cell(at: number): string;
  /** Every cell's text. */
  readonly cells: string[];
  /** What `read` makes of a cell as it stands there, untrimmed, from `from` up to `to` of a text. */
  readCell(at: number, read: ReadPart): number;
}

export type ReadPart = (text: string, from: number, to: number) => number;

export const FAR_TOO_LONG =
  'the line is far too long; look for a quotation mark (") left open in it';

/** @throws {ImportRefusedError} if a record has more cells than any file. */
export function checkWidth(line: number, width: number, faults: FaultList): void {
  if (width > CELLS_MAX) {
    faults.refuse({
      line,
      reason: `the line has ${width} cells, and ${CELLS_MAX} are the most of any file`,
    });
  }
}
