import { BoundedXml } from "../bounded-xml";
import { type FaultList, shown } from "../errors";
import { utf8Text } from "../text-file";
import { Calendar } from "./calendar";
import { DayGatherer } from "./day-gatherer";
import { type EntryLinks, GreenButtonLinks } from "./green-button-links";
import { qualityOf, type ReadingKind, readingKind } from "./green-button-type";
import { epochMinute } from "./labels";
import type { GreenButtonProfile } from "./profile";
import { grainOf } from "./quantity";
import type { ReadingDay } from "./reading-day";

/** Fields of a reading are numbers; what is longer is cut and then is none. */
const LONGEST_FIELD = 60;
const MOST_FIELDS = 100;

/**
 * Reads an ESPI feed (Green Button): epoch seconds, values times a power of ten, a ReadingType per
 * kind of reading. Days are those of the layout's zone; what the feed leaves out is missing.
 * @throws {ImportRefusedError} if it is not well-formed, has a DOCTYPE, or cannot be read on.
 */
export async function* readGreenButton(
  path: string,
  profile: GreenButtonProfile,
  faults: FaultList,
): AsyncGenerator<ReadingDay[]> {
  const feed = new Feed(profile, faults);
  for await (const text of utf8Text(path, faults)) {
    feed.write(text);
    yield feed.gatherer.take();
  }
  feed.close();
  yield feed.gatherer.finish();
}

class Feed {
  readonly gatherer: DayGatherer;
  private readonly parser: BoundedXml;
  private readonly links: GreenButtonLinks<ReadingKind | null>;
  private readonly names: string[] = [];
  private text = "";
  private readings = 0;
  private entry: EntryLinks = { self: "", up: "", related: [] };
  /** The ReadingType being read. */
  private type = new Map<string, string>();
  /** The IntervalBlock being read: null if its readings cannot be taken. */
  private kind: ReadingKind | null = null;
  private blockStart = "";
  private inBlock = 0;
  /** The IntervalReading being read. */
  private reading = { line: 1, start: "", duration: "", value: "", quality: [] as string[] };

  constructor(
    private readonly profile: GreenButtonProfile,
    private readonly faults: FaultList,
  ) {
    const calendar = new Calendar(profile.days);
    this.gatherer = new DayGatherer(profile.name, calendar, grainOf(profile.rounding), faults);
    this.links = new GreenButtonLinks(faults);
    this.parser = new BoundedXml(faults, {
      open: (name, attributes) => this.open(name, attributes),
      close: (name) => this.closeTag(name),
      text: (text) => this.addText(text),
    });
  }

  write(text: string): void {
    this.parser.write(text);
  }

  close(): void {
    this.parser.close();
    if (this.readings === 0) {
      this.faults.refuse({ reason: "the XML holds no IntervalReading of a Green Button feed" });
    }
  }

  private addText(text: string): void {
    if (this.text.length < LONGEST_FIELD) {
      this.text += text.slice(0, LONGEST_FIELD);
    }
  }

  private open(name: string, attributes: Record<string, string>): void {
    this.text = "";
    this.names.push(name);
    switch (name) {
      case "entry":
        this.entry = { self: "", up: "", related: [] };
        break;
      case "link":
        this.addLink(attributes);
        break;
      case "ReadingType":
        this.type = new Map();
        break;
      case "IntervalBlock":
        this.kind = this.links.kindOf(this.entry, this.parser.line);
        this.blockStart = "";
        this.inBlock = 0;
        break;
      case "IntervalReading":
        this.reading = { line: this.parser.line, start: "", duration: "", value: "", quality: [] };
        break;
    }
  }

  private addLink({ rel, href = "" }: Record<string, string>): void {
    if (href.length > 1_000) {
      this.refuse("a link has more than 1,000 characters");
    }
    if (rel === "self" || rel === "up") {
      this.entry[rel] = href;
    } else if (rel === "related" && this.entry.related.length < 100) {
      this.entry.related.push(href);
    }
  }

  private closeTag(name: string): void {
    this.names.pop();
    const parent = this.names.at(-1);
    const text = this.text.trim();
    this.text = "";
    switch (parent) {
      case "ReadingType":
        if (this.type.size < MOST_FIELDS) {
          this.type.set(name, text);
        }
        break;
      case "interval":
        this.blockStart = name === "start" ? text : this.blockStart;
        break;
      case "timePeriod":
        if (name === "start" || name === "duration") {
          this.reading[name] = text;
        }
        break;
      case "ReadingQuality":
        if (name === "quality" && this.reading.quality.length < 20) {
          this.reading.quality.push(text);
        }
        break;
      case "IntervalReading":
        if (name === "value") {
          this.reading.value = text;
        }
        break;
    }
    if (name === "ReadingType") {
      this.closeType();
    } else if (name === "MeterReading") {
      this.links.addMeterReading(this.entry, this.parser.line);
    } else if (name === "IntervalReading") {
      this.closeReading();
    }
  }

  private closeType(): void {
    const { line } = this.parser;
    const kind = readingKind(this.type, this.profile.rounding);
    if (typeof kind === "string") {
      this.faults.add({ line, column: "ReadingType", reason: kind });
    }
    this.links.addType(this.entry, typeof kind === "string" ? null : kind, line);
  }

  private closeReading(): void {
    this.readings += 1;
    this.inBlock += 1;
    const { kind, reading } = this;
    if (!kind) {
      return;
    }
    const minutes = minutesOf(reading.duration || kind.intervalLength);
    const start = reading.start
      ? epochMinute(reading.start)
      : epochMinute(this.blockStart) + (this.inBlock - 1) * minutes;
    const codes = reading.quality.length > 0 ? reading.quality : [kind.defaultQuality || "0"];
    const quality = qualityOf(codes);
    const value = kind.quantities.read(reading.value);
    const wrongValue = kind.quantities.fault(reading.value, value, minutes);
    if (Number.isNaN(minutes)) {
      this.fault(
        "duration",
        `${shown(reading.duration)} is not a number of whole minutes in seconds`,
      );
    } else if (Number.isNaN(start)) {
      const text = reading.start || this.blockStart;
      this.fault("start", `${shown(text)} is not in epoch seconds on a whole minute`);
    } else if (!quality) {
      this.fault("quality", `${shown(codes.join(" "))} is no quality of a reading that is known`);
    } else if (wrongValue) {
      this.fault("value", wrongValue);
    } else {
      this.gatherer.add({
        line: reading.line,
        of: null,
        direction: kind.direction,
        commodity: kind.commodity,
        volume: kind.quantities.unit.volume,
        register: 0,
        start,
        laterStart: Number.NaN,
        minutes,
        value,
        quality: value < 0 ? "m" : quality,
      });
    }
  }

  private fault(column: string, reason: string): void {
    this.faults.add({ line: this.reading.line, column, reason });
  }

  private refuse(reason: string): never {
    return this.faults.refuse({ line: this.parser.line, reason });
  }
}

/** Seconds to whole minutes; NaN if it is no such number. */
function minutesOf(seconds: string): number {
  const minutes = epochMinute(seconds);
  return minutes > 0 ? minutes : Number.NaN;
}
