import { createReadStream } from "node:fs";
import { MISSING } from "@/lib/consumption/rules";
import { all, textAt, type XmlNode, xmlParts } from "../e-invoices/xml-tree";
import { type FaultList, shown } from "../errors";
import { DayGatherer } from "./day-gatherer";
import { placeOf } from "./local-clock";
import type { Commodity, Direction, ReadingDay } from "./reading-day";

const NAME = "green-button";

/** What a feed's ReadingType says of the values after it. */
interface ReadingType {
  /** Base units of one, as a power of ten. */
  places: number;
  commodity: Commodity | null;
  volume?: "m3";
  direction: Direction;
}

/** Units of measure (ESPI): 72 Wh, 42 m³. */
const UNITS: Record<string, Pick<ReadingType, "places" | "commodity" | "volume">> = {
  "72": { places: 0, commodity: "electricity" },
  "42": { places: 3, commodity: null, volume: "m3" },
};
const REVERSE = ["19", "20"];
/** Qualities of a reading: estimated, forecast, and the like. */
const ESTIMATED = ["8", "9", "10", "11", "13", "15"];

/**
 * A Green Button export (ESPI): intervals by their epoch seconds, put on Rome's days. Gaps stay missing. A feed with
 * several reading types is read with each block's nearest before it.
 * @throws {ImportRefusedError} if it is no such feed, or of a unit that is not known
 */
export async function* readGreenButton(
  path: string,
  faults: FaultList,
): AsyncGenerator<ReadingDay> {
  const gatherer = new DayGatherer(NAME, faults);
  let type: ReadingType | undefined;
  const waiting: XmlNode[] = [];
  let blocks = 0;
  for await (const { root, part } of xmlParts(createReadStream(path), faults)) {
    if (!part) {
      if (root.name !== "feed" && root.name !== "entry") {
        faults.refuse({ line: root.line, reason: `${shown(root.name)} is no Green Button feed` });
      }
      continue;
    }
    const content = all(part, "content")[0];
    const [given] = content ? all(content, "ReadingType") : [];
    if (given) {
      type = readingType(given, faults);
    }
    waiting.push(...(content ? all(content, "IntervalBlock") : []));
    if (type) {
      for (const block of waiting.splice(0)) {
        blocks += 1;
        yield* readBlock(block, type, gatherer, faults);
      }
    }
  }
  if (blocks === 0) {
    faults.refuse({
      reason:
        waiting.length > 0
          ? "has intervals and no ReadingType that says of what"
          : "holds no IntervalBlock",
    });
  }
  yield* gatherer.end();
}

function readingType(node: XmlNode, faults: FaultList): ReadingType {
  const uom = textAt(node, "uom") ?? "";
  const unit = UNITS[uom];
  const power = Number(textAt(node, "powerOfTenMultiplier") ?? "0");
  if (!unit || !Number.isInteger(power) || Math.abs(power) > 9) {
    return faults.refuse({
      line: node.line,
      column: unit ? "powerOfTenMultiplier" : "uom",
      reason: unit
        ? "is no power of ten"
        : `${shown(uom)} is no unit that is known: 72 (Wh), 42 (m3)`,
    });
  }
  const reverse = REVERSE.includes(textAt(node, "flowDirection") ?? "");
  return {
    ...unit,
    places: unit.places + power,
    direction: reverse ? "injection" : "consumption",
  };
}

function* readBlock(
  block: XmlNode,
  { places, direction, commodity, volume }: ReadingType,
  gatherer: DayGatherer,
  faults: FaultList,
): Generator<ReadingDay> {
  for (const reading of all(block, "IntervalReading")) {
    const { line } = reading;
    const start = Number(textAt(reading, "timePeriod/start") ?? "NaN");
    const duration = Number(textAt(reading, "timePeriod/duration") ?? "NaN");
    // Some exports write epochs with a fraction: it is the second that is meant.
    const place = placeOf(Math.floor(start) * 1000);
    const minutes = duration === 86_400 ? 1440 : duration / 60;
    if (!place || ![15, 30, 60, 1440].includes(minutes)) {
      const reason = place
        ? `an interval of ${shown(String(duration))} seconds is not known; 900, 1800, 3600 and 86400 are`
        : `${shown(textAt(reading, "timePeriod/start") ?? "")} is no time in epoch seconds`;
      faults.add({ line, column: place ? "duration" : "start", reason });
      continue;
    }
    const value = baseUnits(textAt(reading, "value"), places);
    if (typeof value === "string") {
      faults.add({ line, column: "value", reason: value });
      continue;
    }
    const quality = textAt(reading, "ReadingQuality/quality") ?? "";
    yield* gatherer.add({
      line,
      of: null,
      direction,
      register: "",
      commodity,
      volume,
      ...place,
      isLabel: false,
      intervalMinutes: minutes,
      value,
      quality: value === MISSING ? "m" : ESTIMATED.includes(quality) ? "e" : "a",
    });
  }
}

/** An integer times a power of ten; what is finer than the base unit is rounded half up. */
function baseUnits(text: string | undefined, places: number): number | string {
  if (text === undefined) {
    return MISSING;
  }
  if (!/^\d{1,12}$/.test(text)) {
    return `${shown(text)} is not a whole number from 0`;
  }
  const value = Math.round(Number(text) * 10 ** places);
  return value > 20_000_000 ? `${shown(text)} is more than any supply uses in one interval` : value;
}
