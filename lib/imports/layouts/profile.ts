import { readFile } from "node:fs/promises";
import { z } from "zod";
import { type FaultList, shown } from "../errors";
import { UNIT_NAMES } from "./units";

const column = z.string().min(1).max(100);
const direction = z.enum(["consumption", "injection"]);

/** A column whose values stand for something, or the one thing that holds for the whole file. */
const either = <Value extends z.ZodType>(value: Value) =>
  z.union([
    z.strictObject({ fixed: value }),
    z.strictObject({ column, values: z.record(z.string().max(100), value) }),
  ]);

/** How a CSV of readings is written: a small JSON file, so that any sender's file can be read. */
export const profileSchema = z.strictObject({
  /** As load profiles name their source. */
  name: z.string().regex(/^[a-z0-9-]{1,40}$/, "must be 1 to 40 small letters, digits and -"),
  delimiter: z.enum([";", ",", "\t", "|"]).default(";"),
  /** Whose readings a row is of; without it --contract says so. */
  contract: z.strictObject({ column, by: z.enum(["contract_number", "supply_point"]) }).optional(),
  commodity: z.enum(["electricity", "gas", "water", "district_heating"]).optional(),
  unit: z.union([
    z.strictObject({ fixed: z.enum(UNIT_NAMES as [string, ...string[]]) }),
    z.strictObject({ column }),
  ]),
  direction: either(direction).default({ fixed: "consumption" }),
  /** A row's value counts to its day and direction together with those of other registers. */
  register: z.strictObject({ column }).optional(),
  /** Values of a status column; what is not named is actual. */
  quality: z
    .strictObject({ column, values: z.record(z.string().max(100), z.enum(["a", "e", "m"])) })
    .optional(),
  /** Columns that are there and not read. */
  ignored: z.array(column).max(500).default([]),
  layout: z.discriminatedUnion("shape", [
    z.strictObject({
      /** A row per interval. */
      shape: z.literal("long"),
      /** Columns of its start, joined by a space. */
      start: z.array(column).min(1).max(2),
      format: z.enum(["yyyy-MM-dd HH:mm", "dd/MM/yyyy HH:mm", "iso-offset", "epoch-seconds"]),
      /** Where labels tell an interval's end, it began so many minutes before. */
      label: z.enum(["start", "end"]).default("start"),
      minutes: z.union([z.literal(15), z.literal(30), z.literal(60), z.literal(1440)]).optional(),
      /** The column of its end, which says how long it is where `minutes` does not. */
      end: z.array(column).min(1).max(2).optional(),
      value: column,
    }),
    z.strictObject({
      /** A row per day, a column per interval of its clock. */
      shape: z.literal("wide"),
      day: column,
      format: z.enum(["yyyy-MM-dd", "dd/MM/yyyy"]),
      minutes: z.union([z.literal(15), z.literal(30), z.literal(60)]),
      /** Their names in order, or a name with {n} for the number from 1. */
      intervals: z.union([z.array(column).min(23).max(100), z.string().includes("{n}")]),
    }),
  ]),
});

export type Profile = z.output<typeof profileSchema>;

/**
 * Reads a profile of one's own.
 * @throws {ImportRefusedError} with one line per fault, which names the field
 */
export async function readProfile(file: string, faults: FaultList): Promise<Profile> {
  let given: unknown;
  try {
    given = JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code !== undefined;
    return faults.refuse({
      reason: `the layout ${shown(file)} ${missing ? "is not there or may not be read" : "is not JSON"}`,
    });
  }
  const parsed = profileSchema.safeParse(given);
  if (parsed.success) {
    return parsed.data;
  }
  for (const { path, message } of parsed.error.issues) {
    faults.add({
      reason: `the layout ${shown(file)}, ${path.join(".") || "as a whole"}: ${message}`,
    });
  }
  faults.throwIfAny();
  throw new Error("a profile was wrong without a fault");
}
