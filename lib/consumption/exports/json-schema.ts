import { z } from "zod";
import { COMMODITIES, DIRECTIONS } from "@/db/schema";
import { BASE_UNITS } from "../quantity";
import { RESOLUTIONS } from "../schema";

const base = z.int().describe("Whole base units");
const count = z.int().min(0);
const instant = z.iso
  .datetime({ offset: true })
  .describe("On Rome's clock with its offset: 2024-10-27T02:15:00+01:00");

const interval = z.strictObject({
  start: instant,
  end: instant,
  base: base.nullable().describe("In baseUnit; null: nothing was measured, which is not zero"),
  quality: z.enum(["actual", "estimated", "missing"]),
});

const day = z.strictObject({
  day: z.iso.date().describe("A day of Rome"),
  direction: z.enum(DIRECTIONS).describe("Taken from the network, or fed into it"),
  total: base.nullable().describe("In baseUnit, of what was measured; null: nothing was"),
  bands: z
    .strictObject({
      f1: base,
      f2: base,
      f3: base,
      measured: z
        .boolean()
        .describe("True: the distributor measured them; false: computed after ARERA 181/06"),
    })
    .nullable()
    .describe("Null where there are none, or nothing was measured"),
  intervalCount: count.describe("Into how many intervals the day is divided"),
  estimated: count.describe("How many of them were estimated"),
  missing: count.describe("How many of them were not measured"),
  minutes: z.int().nullish().describe("The length of an interval; with resolution=intervals"),
  intervals: z.array(interval).optional().describe("In order; with resolution=intervals"),
});

/** A contract's consumption as JSON, from the web and from the API alike. */
export const consumptionFile = z.strictObject({
  contractNumber: z.string(),
  commodity: z.enum(COMMODITIES),
  supplyPoint: z.string(),
  from: z.iso.date(),
  to: z.iso.date(),
  baseUnit: z.enum(Object.values(BASE_UNITS) as [string, ...string[]]),
  zone: z.literal("Europe/Rome"),
  resolution: z.enum(RESOLUTIONS),
  days: z.array(day).describe("Days without data are none"),
});

export type FiledDay = z.input<typeof day>;
export type FileHead = Omit<z.input<typeof consumptionFile>, "days">;
