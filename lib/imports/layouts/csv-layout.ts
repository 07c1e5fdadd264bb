import type { FaultList } from "../errors";
import type { ReadingDay } from "./reading-day";

/** Reads the lines of one file, one after the other. */
export interface LineReader {
  /** The days that are complete with this line; its faults were added. */
  read(record: { line: number; cells: string[] }): ReadingDay[];
  /** The days that are left at the file's end. */
  end(): ReadingDay[];
}

/** A way to write readings as CSV. */
export interface CsvLayout {
  /** As `--layout` names it and as load profiles name their source. */
  name: string;
  delimiter: string;
  /** The header in short, for messages. */
  example: string;
  /** Whether a header looks like this layout's, if perhaps faultily. */
  claims(header: string[]): boolean;
  /**
   * Checks the header and returns what reads the lines.
   * @throws {ImportRefusedError} with what is wrong with the header
   */
  open(header: string[], faults: FaultList): LineReader;
}
