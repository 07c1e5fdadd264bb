import path from "node:path";
import { FaultList, faultSentence, ImportRefusedError } from "@/lib/imports/errors";
import { Profile } from "@/lib/imports/layouts/profile";
import { type ReadingsFile, readReadings } from "@/lib/imports/layouts/read-readings";
import type { ReadingDay } from "@/lib/imports/layouts/reading-day";
import { writeText } from "../../factories/import-files";

/** Every day of a file on disk; throws with its faults if there are any. */
export async function readPath(input: ReadingsFile): Promise<ReadingDay[]> {
  const faults = new FaultList(path.basename(input.path));
  const days: ReadingDay[] = [];
  for await (const some of readReadings(input, faults)) {
    days.push(...some);
  }
  faults.throwIfAny();
  return days;
}

/** Every day of a file with these lines. */
export async function read(
  content: string | string[],
  layout?: ReadingsFile["layout"],
  note?: ReadingsFile["note"],
): Promise<ReadingDay[]> {
  const text = typeof content === "string" ? content : `${content.join("\n")}\n`;
  return await readPath({ path: await writeText("r.csv", text), layout, note });
}

/** The sentences a work is refused with. */
export async function refusal(work: Promise<unknown>): Promise<string[]> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ImportRefusedError)) {
    throw error ?? new Error("the file was not refused");
  }
  return error.faults.map(faultSentence);
}

/** A long layout of one contract: start only, Rome's clock, quarter-hours in Wh. */
export const plainLong = (over: object = {}): Profile =>
  Profile.parse({
    name: "plain",
    shape: "long",
    unit: "Wh",
    start: { column: "at", format: "yyyy-MM-dd HH:mm" },
    intervalMinutes: 15,
    value: "wh",
    ...over,
  });
