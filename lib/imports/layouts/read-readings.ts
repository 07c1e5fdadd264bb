import { open } from "node:fs/promises";
import { csvRecords } from "../csv";
import { type FaultList, shown } from "../errors";
import { unreadable } from "../text-file";
import type { CsvLayout } from "./csv-layout";
import { eDistribuzione } from "./e-distribuzione";
import { gasPositions } from "./gas-positions";
import { readGreenButton } from "./green-button";
import { readProfile } from "./profile";
import { profileLayout } from "./profile-layout";
import type { ReadingDay } from "./reading-day";
import { SHIPPED } from "./shipped-profiles";

/** Every CSV layout that comes with Sportello. */
const LAYOUTS: CsvLayout[] = [eDistribuzione, gasPositions, ...SHIPPED.map(profileLayout)];

const GREEN_BUTTON = "green-button";

/**
 * The days of a readings file. `layout` is a shipped one's name or the path of a profile (.json); without it the
 * file's beginning tells.
 * @throws {ImportRefusedError} if it cannot be read on; faults of single lines go to `faults`, and the line is left
 *   out
 */
export async function* readReadings(
  { path, layout: name }: { path: string; layout?: string },
  faults: FaultList,
): AsyncGenerator<ReadingDay> {
  if (name === GREEN_BUTTON || (name === undefined && (await isXml(path, faults)))) {
    yield* readGreenButton(path, faults);
    return;
  }
  const declared = name === undefined ? undefined : await layoutNamed(name, faults);
  let reader: ReturnType<CsvLayout["open"]> | undefined;
  for await (const record of csvRecords(path, faults, {
    delimiter: declared?.delimiter,
    relaxed: true,
  })) {
    if (reader) {
      yield* reader.read(record);
    } else {
      reader = (declared ?? layoutOf(record.cells, faults)).open(record.cells, faults);
    }
  }
  if (!reader) {
    faults.refuse({ reason: `the file is empty; its first line must be a header (${examples()})` });
  }
  yield* reader.end();
}

const examples = () => LAYOUTS.map(({ name, example }) => `${name}: ${example}`).join("; ");

async function isXml(path: string, faults: FaultList): Promise<boolean> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
      return /^(\ufeff|\xef\xbb\xbf)?\s*</.test(buffer.subarray(0, bytesRead).toString("latin1"));
    } finally {
      await file.close();
    }
  } catch (error) {
    const reason = unreadable(error);
    throw reason ? faults.refusal({ reason }) : error;
  }
}

async function layoutNamed(name: string, faults: FaultList): Promise<CsvLayout> {
  if (name.endsWith(".json")) {
    return profileLayout(await readProfile(name, faults));
  }
  const found = LAYOUTS.find((known) => known.name === name);
  const names = [...LAYOUTS.map((known) => known.name), GREEN_BUTTON].join(", ");
  return (
    found ??
    faults.refuse({
      reason: `there is no layout ${shown(name)}; known are ${names}, or the path of a profile that ends in .json`,
    })
  );
}

function layoutOf(header: string[], faults: FaultList): CsvLayout {
  return (
    LAYOUTS.find((known) => known.claims(header)) ??
    faults.refuse({
      line: 1,
      reason: `the header is of no known layout; known are ${examples()}`,
    })
  );
}
