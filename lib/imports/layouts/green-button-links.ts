import type { FaultList } from "../errors";

/** More reading types or meter readings has no household's file. */
const MOST = 1_000;

/** The links of an Atom entry. */
export interface EntryLinks {
  self: string;
  up: string;
  related: string[];
}

/**
 * Which ReadingType an IntervalBlock's values are of: its `up` link names the MeterReading, whose
 * `related` link names the type. Files without links have one type before the blocks.
 */
export class GreenButtonLinks<Kind> {
  private readonly kinds = new Map<string, Kind>();
  private readonly typeOf = new Map<string, string>();
  private usagePoint: string | undefined;

  constructor(private readonly faults: FaultList) {}

  addType({ self }: EntryLinks, kind: Kind, line: number): void {
    this.bound(this.kinds, line);
    this.kinds.set(self || `number ${this.kinds.size}`, kind);
  }

  addMeterReading({ self, related }: EntryLinks, line: number): void {
    const type = related.find((href) => /\/ReadingType\/[^/]+$/.test(href));
    if (self && type) {
      this.bound(this.typeOf, line);
      this.typeOf.set(self, type);
    }
  }

  /** The kind of a block's readings. @throws {ImportRefusedError} if the file does not tell. */
  kindOf({ self, up }: EntryLinks, line: number): Kind {
    const href = up || self;
    this.checkUsagePoint(href, line);
    const meterReading = href.replace(/\/IntervalBlock(\/[^/]*)?$/, "");
    const named = this.kinds.get(this.typeOf.get(meterReading) ?? "");
    if (named !== undefined) {
      return named;
    }
    const [only] = this.kinds.values();
    if (only === undefined || this.kinds.size > 1) {
      const reason =
        only === undefined
          ? "no ReadingType stands before this IntervalBlock, so its unit is not known"
          : "the links do not tell which of the file's ReadingTypes this IntervalBlock is of";
      return this.faults.refuse({ line, column: "IntervalBlock", reason });
    }
    return only;
  }

  private checkUsagePoint(href: string, line: number): void {
    const point = /\/UsagePoint\/([^/]+)/.exec(href)?.[1];
    if (point !== undefined && this.usagePoint !== undefined && point !== this.usagePoint) {
      this.faults.refuse({
        line,
        column: "IntervalBlock",
        reason: "the file holds readings of several usage points; load each from a file of its own",
      });
    }
    this.usagePoint ??= point;
  }

  private bound(map: Map<string, unknown>, line: number): void {
    if (map.size >= MOST) {
      this.faults.refuse({ line, reason: `the file has more than ${MOST} types of readings` });
    }
  }
}
