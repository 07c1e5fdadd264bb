import { z } from "zod";
import { DATE_FORMATS, TIME_FORMATS } from "./labels";
import { UNIT_NAMES } from "./units";

const text = (about: string) => z.string().trim().min(1).max(100).describe(about);
const COLUMN = z
  .union([text("the column's name"), z.array(text("one of its names")).min(1).max(20)])
  .transform((names) => (typeof names === "string" ? [names] : names));
/** A column by its name in the header, or by the names it may have; case does not matter. */
const column = (about: string) => COLUMN.describe(about);

const byCell = <Value extends z.ZodType>(about: string, value: Value) =>
  z
    .strictObject({
      column: column("the column that says it"),
      optional: z.boolean().default(false).describe("whether the column may be left out"),
      values: z
        .record(z.string().max(100), value)
        .describe("what a cell's text means; case does not matter, and any other text is a fault"),
    })
    .describe(about);

const direction = z.enum(["consumption", "injection"]);
const unit = z.enum(UNIT_NAMES);
const zone = z.string().refine(isZone, "is not an IANA zone such as Europe/Rome");

const common = {
  name: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9-]{0,39}$/,
      "must be lower-case letters, digits and hyphens, 40 at most",
    )
    .describe("the layout's name, which the days keep as their source"),
  days: zone.default("Europe/Rome").describe("IANA zone whose local days are made"),
  rounding: z
    .enum(["refuse", "half-up-with-carry"])
    .default("refuse")
    .describe(
      "values finer than the base unit: refuse them, or round halves up and carry the rest to the next interval of the day",
    ),
};

const csv = {
  ...common,
  delimiter: z.enum([";", ",", "\t", "|"]).default(";").describe("what parts the cells"),
  decimal: z.enum([",", ".", "either"]).default("either").describe("what parts the decimals"),
  commodity: z
    .enum(["electricity", "gas", "water", "district_heating"])
    .nullable()
    .default(null)
    .describe("what is measured; null: the unit tells, or the contract"),
  recognise: z
    .array(text("a column"))
    .min(1)
    .optional()
    .describe("columns that tell the layout without --layout; all that are needed, when left out"),
  otherColumns: z
    .enum(["refuse", "ignore"])
    .default("refuse")
    .describe("what to do with columns this layout does not name"),
  ignoredColumns: z
    .array(text("a column"))
    .default([])
    .describe("columns that may stand there and are not read"),
  trailingDelimiter: z
    .boolean()
    .default(false)
    .describe("whether every data line may end with a stray delimiter"),
  excelText: z.boolean().default(false).describe('whether cells may be written ="text"'),
  of: z
    .strictObject({
      by: z.enum(["contract_number", "supply_point"]),
      column: column("the column with the number or code"),
    })
    .nullable()
    .default(null)
    .describe("whose readings a line holds; null: the file has those of one contract"),
  unit: z.union([unit, byCell("the unit, line by line", unit)]).describe("the unit of the values"),
  missing: z
    .array(z.string().max(40))
    .default([])
    .describe("texts that stand for a missing value, as an empty cell does"),
  quality: byCell(
    "how values came about; all are actual, when left out",
    z.enum(["actual", "estimated", "missing"]),
  ).optional(),
  register: byCell(
    "which register or direction a line holds; registers of a direction are added up",
    z.union([direction, z.literal("ignore")]),
  ).optional(),
};

const label = z.strictObject({
  column: column("the column with the date or the instant"),
  timeColumn: column("the column with the time, HH:mm, where it has one of its own").optional(),
  format: z.enum([...DATE_FORMATS, ...TIME_FORMATS]).describe("how it is written"),
});

const minutes = z.union([z.literal(15), z.literal(30), z.literal(60), z.literal(1440)]);

const long = z.strictObject({
  ...csv,
  shape: z.literal("long").describe("a line per interval"),
  zone: zone.default("Europe/Rome").describe("IANA zone of labels that carry no offset"),
  start: label.optional().describe("the interval's start"),
  end: label.optional().describe("the interval's end"),
  intervalMinutes: minutes
    .optional()
    .describe("the interval's length; needed where a line has only its start or its end"),
  value: column("the column with the quantity"),
});

const wide = z.strictObject({
  ...csv,
  shape: z.literal("wide").describe("a line per day, a column per interval"),
  day: z.strictObject({ column: column("the column with the day"), format: z.enum(DATE_FORMATS) }),
  order: z
    .enum(["any", "fixed"])
    .default("any")
    .describe("whether the columns must stand in the order given here, and no others"),
  intervalMinutes: minutes.describe("the length of an interval"),
  columns: z
    .array(
      z.strictObject({
        direction: direction.default("consumption"),
        names: z
          .union([z.array(text("a column")), text("a pattern with {n}, or with {start} and {end}")])
          .describe("the columns by name, or one pattern for them all"),
        count: z.int().min(1).max(100).optional().describe("how many, if not those of 24 hours"),
      }),
    )
    .min(1)
    .max(2)
    .describe("the columns of the intervals, a set per direction"),
  position: z
    .enum(["clock", "elapsed", "either"])
    .default("clock")
    .describe(
      "what a column's place means when the clock changes: a time on the clock, time since midnight, or either, as the spring day shows",
    ),
  skipEmptyLines: z
    .boolean()
    .default(false)
    .describe("whether a line without any value says nothing, rather than that the day is missing"),
  bands: z
    .strictObject({ f1: column("F1"), f2: column("F2"), f3: column("F3") })
    .optional()
    .describe("columns with the energy per band that the distributor measured on the day"),
});

const positions = z.strictObject({
  ...csv,
  shape: z.literal("positions").describe("a line per reading of a meter's counter"),
  day: z.strictObject({ column: column("the day it was read"), format: z.enum(DATE_FORMATS) }),
  read: z
    .enum(["at-start", "at-end"])
    .describe("whether the counter is read as the day begins or as it ends"),
  value: column("the column with the counter's position"),
});

const greenButton = z.strictObject({
  ...common,
  shape: z.literal("green-button").describe("ESPI XML: an Atom feed of IntervalBlocks"),
});

/** How one sender writes meter readings. A JSON file holds it as it stands here. */
export const Profile = z
  .discriminatedUnion("shape", [long, wide, positions, greenButton])
  .superRefine((profile, ctx) => {
    const fault = (path: string[], message: string) =>
      ctx.addIssue({ code: "custom", path, message });
    if (profile.shape === "long") {
      if (!profile.start && !profile.end) {
        fault(["start"], "a long layout needs the column of the start, of the end, or both");
      } else if (!(profile.start && profile.end) && !profile.intervalMinutes) {
        fault(["intervalMinutes"], "is needed where a line has only its start or its end");
      }
      for (const side of ["start", "end"] as const) {
        const dateOnly = DATE_FORMATS.some((format) => format === profile[side]?.format);
        if (profile[side]?.timeColumn && !dateOnly) {
          fault([side, "format"], "must be that of a date, since the time has a column of its own");
        }
      }
    }
    if (profile.shape === "wide") {
      for (const [at, { names, count }] of profile.columns.entries()) {
        const expected = count ?? 1440 / profile.intervalMinutes;
        const most = profile.position === "clock" ? 1440 : 1500;
        if (expected > most / profile.intervalMinutes || (count && Array.isArray(names))) {
          fault(["columns", String(at), "count"], "does not go with the interval and the names");
        } else if (
          Array.isArray(names) ? names.length !== expected : expected > 1 && !/\{/.test(names)
        ) {
          fault(["columns", String(at), "names"], `must be ${expected} names or a pattern of them`);
        }
      }
    }
  });
export type Profile = z.output<typeof Profile>;
export type LongProfile = Extract<Profile, { shape: "long" }>;
export type WideProfile = Extract<Profile, { shape: "wide" }>;
export type PositionsProfile = Extract<Profile, { shape: "positions" }>;
export type GreenButtonProfile = Extract<Profile, { shape: "green-button" }>;
export type CsvProfile = LongProfile | WideProfile | PositionsProfile;

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
