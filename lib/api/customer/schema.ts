import { z } from "zod";
import { COMMODITIES } from "@/db/schema";
import { consumptionFile } from "@/lib/consumption/exports/json-schema";
import { lengthOf } from "@/lib/consumption/period";
import { BASE_UNITS } from "@/lib/consumption/quantity";
import { RESOLUTIONS } from "@/lib/consumption/schema";
import { PROBLEMS, type ProblemCode } from "../v1/problem";

/** What the customer's API answers with, by its name in the OpenAPI document. */
export const customerAnswers = z.registry<{ id: string }>();

function named<Schema extends z.ZodType>(id: string, schema: Schema): Schema {
  customerAnswers.add(schema, { id });
  return schema;
}

/** Every problem that an operation of the customer's may answer with. */
export const CUSTOMER_PROBLEMS = [
  "invalid_request",
  "unauthorized",
  "not_found",
  "too_many_failures",
  "too_many_calls",
  "internal_error",
] as const satisfies readonly ProblemCode[];

export const customerProblem = named(
  "Problem",
  z
    .strictObject({
      type: z.string().describe("Where this kind of problem is described"),
      title: z.enum(CUSTOMER_PROBLEMS.map((code) => PROBLEMS[code].title)),
      status: z.int(),
      detail: z.string().describe("What is wrong with this call and what to do, in one sentence"),
      code: z.enum(CUSTOMER_PROBLEMS),
    })
    .describe("A refusal (RFC 9457), as application/problem+json"),
);

export const contractList = named(
  "ContractList",
  z.strictObject({
    contracts: z
      .array(
        z.strictObject({
          id: z.uuid(),
          contractNumber: z.string(),
          commodity: z.enum(COMMODITIES),
          supplyPoint: z.string().describe("POD, PDR, or the company's own code"),
          baseUnit: z
            .enum(Object.values(BASE_UNITS) as [string, ...string[]])
            .describe("What quantities of it are counted in"),
          firstDay: z.iso.date().nullable().describe("Of its consumption; null: there is none yet"),
          lastDay: z.iso.date().nullable(),
        }),
      )
      .describe("Electricity first"),
  }),
);

export const consumptionAnswer = named("Consumption", consumptionFile);

/** Made whole before it is answered, so that no transaction waits for a slow reader. */
const MOST_DAYS = { intervals: 400, days: 4_000 } as const;

/** One thing at a time is said of a day, so that the sentence is short. */
const day = z.iso
  .date({ error: "must be a day as 2026-11-30", abort: true })
  .refine((text) => text >= "2000-01-01" && text <= "2100-12-31", {
    message: "must lie from 2000 to 2100",
    abort: true,
  });

/** What is asked of a contract's consumption. */
export const consumptionQuery = z
  .strictObject({
    contract: z
      .string("must be a contract's number or id")
      .min(1, "must be a contract's number or id")
      .max(64, "must be a contract's number or id")
      .describe("Its number; its id where two companies gave out the same number"),
    from: day.describe("The first day, of Rome"),
    to: day.describe("The last day; it is part of the answer"),
    resolution: z
      .enum(RESOLUTIONS, "must be intervals or days")
      .default("intervals")
      .describe(
        `days: totals alone, of ${MOST_DAYS.days} days at most; intervals: of ${MOST_DAYS.intervals}`,
      ),
    format: z.enum(["json", "csv"], "must be json or csv").default("json"),
  })
  .refine(({ from, to }) => from <= to, { path: ["from"], message: "must not be after to" })
  .refine((asked) => lengthOf(asked) <= MOST_DAYS[asked.resolution], {
    path: ["to"],
    message: `is too late, ${MOST_DAYS.intervals} days come at once at most, with resolution=days ${MOST_DAYS.days}`,
  });
