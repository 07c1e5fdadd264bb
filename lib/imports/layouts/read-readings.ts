import type { CsvRecord } from "../csv-record";
import { csvRecords } from "../csv-records";
import type { FaultList } from "../errors";
import { chooseProfile, knownLayouts } from "./choose-profile";
import { readGreenButton } from "./green-button";
import { Header } from "./header";
import { LongReader } from "./long";
import { PositionsReader } from "./positions";
import type { CsvProfile, Profile } from "./profile";
import type { ReadingDay } from "./reading-day";
import { WideReader } from "./wide";

export interface ReadingsFile {
  path: string;
  /**
   * A shipped layout's name, a JSON file with one (its name ends in `.json`), or the layout itself;
   * without it the file's first line tells.
   */
  layout?: string | Profile;
  /** Is told in a sentence what was left out without being a fault. */
  note?: (sentence: string) => void;
}

interface RecordReader {
  read(line: CsvRecord): ReadingDay[];
  finish?(): ReadingDay[];
  spansLeftOut?: number;
}

/**
 * Reads a file of meter readings (R22), some days at a time, in bounded memory. Faults of single lines go to
 * `faults` and the days they belong to may be incomplete or absent: whoever stores them asks
 * `faults` at the end first. A day still to come is not refused here.
 * @throws {ImportRefusedError} if the file cannot be read on: no such file or layout, a header that
 *   does not fit, not UTF-8, XML that is not well-formed.
 */
export async function* readReadings(
  input: ReadingsFile,
  faults: FaultList,
): AsyncGenerator<ReadingDay[]> {
  const profile = await chooseProfile(input.path, input.layout, faults);
  if (profile.shape === "green-button") {
    yield* readGreenButton(input.path, profile, faults);
  } else {
    yield* readCsvReadings(input, profile, faults);
  }
}

async function* readCsvReadings(
  { path, note }: ReadingsFile,
  profile: CsvProfile,
  faults: FaultList,
): AsyncGenerator<ReadingDay[]> {
  let reader: RecordReader | undefined;
  let days = 0;
  for await (const records of csvRecords(path, faults, profile)) {
    const found: ReadingDay[] = [];
    for (const record of records) {
      if (reader) {
        found.push(...reader.read(record));
      } else {
        reader = readerOf(profile, record.cells, faults);
      }
    }
    days += found.length;
    yield found;
  }
  const rest = reader?.finish?.() ?? [];
  days += rest.length;
  yield rest;
  if (!reader) {
    faults.add({
      reason: `the file is empty; its first line must be a header of a known layout: ${knownLayouts()}`,
    });
    return;
  }
  const spans = reader.spansLeftOut ?? 0;
  if (days === 0 && faults.isEmpty) {
    const reason =
      spans > 0
        ? "no two readings are a day apart, so no day's consumption is known"
        : "the file has a header and no days";
    faults.add({ reason });
  } else if (spans > 0) {
    note?.(
      `${spans} spans between readings more than a day apart were left out: their consumption cannot be put on days`,
    );
  }
}

function readerOf(profile: CsvProfile, cells: string[], faults: FaultList): RecordReader {
  const header = new Header(cells, profile, faults);
  switch (profile.shape) {
    case "long":
      return new LongReader(profile, header, faults);
    case "wide":
      return new WideReader(profile, header, cells, faults);
    case "positions":
      return new PositionsReader(profile, header, faults);
  }
}
