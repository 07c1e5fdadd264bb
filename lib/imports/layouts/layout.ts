import type { FaultList } from "../errors";

/** One line of a readings file: a local day. */
export interface DayReading {
  /** `YYYY-MM-DD`, Europe/Rome. */
  localDay: string;
  intervalMinutes: number;
  /** Base units of the layout's commodity; MISSING where the cell is empty. */
  values: number[];
  /** One letter per interval: a actual, e estimated, m missing. */
  quality: string;
}

/** How one sender writes a contract's readings, a line per day. */
export interface ReadingsLayout {
  /** As `--layout` names it and as load profiles name their source. */
  name: string;
  commodity: "electricity";
  /** The header in short, for messages. */
  example: string;
  /** Whether a header looks like this layout's, if perhaps faultily. */
  claims(header: string[]): boolean;
  /**
   * Checks the header and returns what reads a line: the day, or null after its faults were added.
   * @throws {ImportRefusedError} with what is wrong with the header.
   */
  open(
    header: string[],
    faults: FaultList,
  ): (record: { line: number; cells: string[] }) => DayReading | null;
}
