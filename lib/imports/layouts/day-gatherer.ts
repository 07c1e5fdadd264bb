import type { FaultList } from "../errors";
import { type Calendar, clockOf, type ZoneDay } from "./calendar";
import { DayRuns } from "./day-runs";
import { OpenDay } from "./open-day";
import { largestOf } from "./quantity";
import type { Commodity, Direction, ReadingDay, ReadingsOf } from "./reading-day";
import { RecentSupplies } from "./recent-supplies";

/** Days of one supply that may lie open at once: a year of one register after another, and a month. */
const OPEN_DAYS_OF_ONE = 400;
/** Intervals kept in all; a day's own bookkeeping counts as some of them. */
const OPEN_INTERVALS = 200_000;
/** How many are left when room is made: a map's oldest entries are dear to find again and again. */
const ENOUGH = 180_000;
const BOOKKEEPING = 24;

/** One interval as a line of a file tells it. */
export interface Interval {
  line: number;
  of: ReadingsOf | null;
  direction: Direction;
  commodity: Commodity | null;
  volume: ReadingDay["volume"];
  /** Which of the registers that are added up. */
  register: number;
  /** Minutes since 1970. */
  start: number;
  /** The later start where the label stands for two; else NaN. */
  laterStart: number;
  /** Real minutes: 15, 30, 60, or those of a whole day. */
  minutes: number;
  /** Grains (quantity.ts) or MISSING. */
  value: number;
  quality: "a" | "e" | "m";
}

/** The days of one supply in one direction. */
interface Series {
  /** None while none is: a file may have a million supplies. */
  open: Map<number, OpenDay> | undefined;
  closed: DayRuns;
  /** The file goes back in time, as its last two different instants show. */
  backwards: boolean;
  last: number;
}

/**
 * Gathers single intervals into local days, whatever their order, within bounded memory: a day is
 * closed when too many lie open, that of another supply first. What comes for it later is a fault.
 */
export class DayGatherer {
  private readonly series = new RecentSupplies<Series>(({ open }) => open !== undefined);
  /** Open days, those not touched for longest first. */
  private readonly open = new Map<OpenDay, Series>();
  private held = 0;
  private ready: ReadingDay[] = [];
  private current: { name: string; direction: Direction; series: Series } | undefined;
  private touched: OpenDay | undefined;

  constructor(
    private readonly source: string,
    private readonly calendar: Calendar,
    private readonly grain: number,
    private readonly faults: FaultList,
  ) {}

  /** Takes an interval in; `take` may have days afterwards. */
  add(interval: Interval): void {
    const series = this.seriesOf(interval);
    const day = this.calendar.at(interval.start);
    if (!day) {
      this.refuse(interval, "the interval is not within the years 2000 to 2099");
      return;
    }
    const minutes = this.lengthOf(interval, day);
    const open = minutes ? this.openDay(series, day, minutes, interval) : null;
    if (!open) {
      return;
    }
    const size = open.size;
    const before = open.put(interval.register, this.indexIn(open, series, interval), interval);
    if (before !== null) {
      const at = clockOf(day, interval.start - day.start);
      const reason = `${day.text} ${at} stands there twice with different values, already on line ${before}`;
      this.refuse(interval, reason);
    }
    this.held += open.size - size;
    this.makeRoom(series, open);
  }

  /** The days closed since it was last asked. */
  take(): ReadingDay[] {
    const { ready } = this;
    if (ready.length > 0) {
      this.ready = [];
    }
    return ready;
  }

  /** Closes every day. */
  finish(): ReadingDay[] {
    for (const [day, series] of this.open) {
      this.close(day, series);
    }
    return this.take();
  }

  private seriesOf({ of, direction }: Interval): Series {
    const name = of?.value ?? "";
    const { current } = this;
    if (current?.name === name && current.direction === direction) {
      return current.series;
    }
    const id = `${direction} ${name}`;
    let series = this.series.get(id);
    if (!series) {
      series = { open: undefined, closed: new DayRuns(0), backwards: false, last: Number.NaN };
      this.series.set(id, series);
    }
    this.current = { name, direction, series };
    return series;
  }

  /** The interval's length as days have it, or null after the fault was told. */
  private lengthOf(interval: Interval, day: ZoneDay): ReadingDay["intervalMinutes"] | null {
    const { minutes, start } = interval;
    const from = start - day.start;
    if (minutes === day.minutes && from === 0) {
      return 1440;
    }
    if (minutes !== 15 && minutes !== 30 && minutes !== 60) {
      this.refuse(
        interval,
        minutes < 15
          ? `the interval has ${minutes} minutes, and a quarter of an hour is the shortest that is kept`
          : `an interval of ${minutes} minutes from ${day.text} ${clockOf(day, from)} is neither 15, 30 or 60 minutes nor a whole day`,
      );
      return null;
    }
    if (from % minutes !== 0) {
      const reason = `${day.text} ${clockOf(day, from)} is no start of an interval of ${minutes} minutes`;
      this.refuse(interval, reason);
      return null;
    }
    return minutes;
  }

  private openDay(
    series: Series,
    day: ZoneDay,
    minutes: ReadingDay["intervalMinutes"],
    interval: Interval,
  ): OpenDay | null {
    const { line, of, commodity, direction, volume } = interval;
    let open = series.open?.get(day.number);
    if (!open) {
      if (series.closed.lineOf(day.number) !== undefined) {
        this.refuse(
          interval,
          `${day.text} was already closed, since too many days lay open; sort the file by contract and time`,
        );
        return null;
      }
      const head = { line, of, commodity, direction, volume, source: this.source };
      open = new OpenDay(day, { ...head, intervalMinutes: minutes });
      series.open ??= new Map();
      series.open.set(day.number, open);
      this.open.set(open, series);
      this.held += BOOKKEEPING;
      this.touched = open;
      return open;
    }
    const { head } = open;
    if (head.intervalMinutes !== minutes || head.volume !== volume) {
      const told = `${head.intervalMinutes} minutes in ${head.volume ?? "kWh"} on line ${head.line}`;
      this.refuse(
        interval,
        `${day.text} has intervals of ${told} and of ${minutes} minutes in ${volume ?? "kWh"} here; a day has one kind`,
      );
      return null;
    }
    if (this.touched !== open) {
      this.open.delete(open);
      this.open.set(open, series);
      this.touched = open;
    }
    return open;
  }

  private indexIn(open: OpenDay, series: Series, interval: Interval): number {
    const { start, laterStart, minutes, register, value } = interval;
    const early = (start - open.day.start) / minutes;
    if (Number.isNaN(laterStart)) {
      if (start !== series.last) {
        series.backwards = start < series.last;
        series.last = start;
      }
      return early;
    }
    const late = (laterStart - open.day.start) / minutes;
    return open.choose(register, { early, late, value, backwards: series.backwards });
  }

  private makeRoom(series: Series, current: OpenDay): void {
    if (series.open && series.open.size > OPEN_DAYS_OF_ONE) {
      for (const oldest of series.open.values()) {
        if (oldest !== current) {
          this.close(oldest, series);
          break;
        }
      }
    }
    if (this.held <= OPEN_INTERVALS) {
      return;
    }
    for (const own of [false, true]) {
      for (const [day, of] of this.open) {
        if (this.held <= ENOUGH) {
          return;
        }
        if ((of === series) === own && day !== current) {
          this.close(day, of);
        }
      }
    }
  }

  private close(open: OpenDay, series: Series): void {
    this.open.delete(open);
    series.open?.delete(open.day.number);
    if (series.open?.size === 0) {
      series.open = undefined;
    }
    series.closed.add(open.day.number, 0);
    this.held -= open.size + BOOKKEEPING;
    const reading = open.toReading(this.grain);
    const most = largestOf(reading.intervalMinutes);
    if (reading.values.some((value) => value > most)) {
      const reason = `the registers of ${reading.localDay} add up to more than any supply`;
      this.faults.add({ line: reading.line, reason });
    } else {
      this.ready.push(reading);
    }
  }

  private refuse({ line }: Interval, reason: string): void {
    this.faults.add({ line, reason });
  }
}
