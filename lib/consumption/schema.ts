import { z } from "zod";
import { SELF_READING_REFUSALS } from "@/db/schema";
import { isIsoDate } from "@/lib/iso-date";
import {
  ALIGNMENTS,
  type Alignment,
  overlaps,
  PERIOD_KINDS,
  type Period,
  type PeriodKind,
  periodOf,
} from "./period";
import type { DayRange, MeteredContract } from "./queries";

/** Meters that count intervals are younger, and no view looks further ahead. */
const day = z
  .string()
  .refine((text) => isIsoDate(text) && text >= "2000-01-01" && text <= "2100-12-31");

/** Energy, or money after the average price of what was billed. */
const MEASURES = ["quantity", "euro"] as const;
type Measure = (typeof MEASURES)[number];

/** What stands in the address of the consumption page; whatever is wrong counts as not given. */
export const consumptionAddress = z.object({
  /** A contract's number or id, or `all` of the account's. */
  contract: z.string().min(1).max(64).optional().catch(undefined),
  view: z.enum(PERIOD_KINDS).optional().catch(undefined),
  /** Any day of the day, week, month or year that is asked for. */
  date: day.optional().catch(undefined),
  /** Of a range, both ends included, in either order. */
  from: day.optional().catch(undefined),
  to: day.optional().catch(undefined),
  compare: z.enum(ALIGNMENTS).optional().catch(undefined),
  measure: z.enum(MEASURES).optional().catch(undefined),
});

export type ConsumptionAddress = z.output<typeof consumptionAddress>;

/** Formats of a download. */
export const EXPORT_FORMATS = ["csv", "xlsx", "xml", "json"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** What a file or an answer has of each day: its intervals too, or its totals alone. */
export const RESOLUTIONS = ["intervals", "days"] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

/** How many days a download has at most: a workbook is held whole while it is made, other files are not. */
export const MOST_EXPORTED: Record<Resolution, Record<ExportFormat, number>> = {
  intervals: { csv: 4_000, xlsx: 800, xml: 4_000, json: 4_000 },
  days: { csv: 40_000, xlsx: 4_000, xml: 4_000, json: 40_000 },
};

/** What a download asks for. */
export const exportAddress = z.object({
  contract: z.string().min(1).max(64),
  from: day,
  to: day,
  format: z.enum(EXPORT_FORMATS),
  resolution: z.enum(RESOLUTIONS).default("intervals"),
});

/** What a meter shows, decimal comma or point, as thousandths of its unit. */
const meterCount = z
  .string()
  .trim()
  .regex(/^\d{1,9}([.,]\d{1,3})?$/, "countWrong")
  // 12.345 may be twelve, or twelve thousand.
  .regex(/^(?!\d{1,3}\.\d{3}$)/, "countAmbiguous")
  .transform((text) => {
    const [whole = "", decimals = ""] = text.split(/[.,]/);
    return Number(whole) * 1000 + Number(decimals.padEnd(3, "0"));
  });

/** A self-reading as its form sends it. */
export const selfReadingSchema = z.object({
  contractId: z.string().max(64),
  count: meterCount,
  readOn: z.string().refine(isIsoDate, "readOnWrong"),
  /** The count that was asked about and is right all the same. */
  confirmed: meterCount.optional().catch(undefined),
});

/** The form about mails of unusual consumption: null where none are wanted, whatever stands in the threshold. */
export const alertSchema = z
  .object({
    contractId: z.string().max(64),
    tell: z.enum(["yes", "no"]).default("no"),
    thresholdPercent: z.string().trim().default(""),
  })
  .transform(({ contractId, tell, thresholdPercent }, { addIssue }) => {
    const percent = /^\d{1,3}$/.test(thresholdPercent) ? Number(thresholdPercent) : Number.NaN;
    if (tell === "yes" && !(percent >= 10 && percent <= 500)) {
      addIssue({ code: "custom", path: ["thresholdPercent"], message: "thresholdRange" });
    }
    return { contractId, thresholdPercent: tell === "yes" ? percent : null };
  });
/** Why a self-reading can be refused. */
export const REFUSALS = SELF_READING_REFUSALS;

/** A receipt as it stands in addresses and forms. */
export const receiptCodeSchema = z.string().regex(/^AL-[0-9A-Z]{5}-[0-9A-Z]{5}$/);

/** What the desk decided of a self-reading: a refusal says why, and only a refusal does. */
export const decisionSchema = z.discriminatedUnion("decision", [
  z.object({
    receiptCode: receiptCodeSchema,
    decision: z.literal("accepted"),
    reason: z
      .unknown()
      .optional()
      .transform(() => null),
  }),
  z.object({
    receiptCode: receiptCodeSchema,
    decision: z.literal("refused"),
    reason: z.enum(REFUSALS, "reasonMissing"),
  }),
]);

/**
 * The contract that an address names by number or id, without one the first; none where it names none of
 * them. Addresses name a contract by its number, unless two companies gave out the same one.
 */
export function chooseContract(contracts: MeteredContract[], asked: string | undefined) {
  const nameOf = ({ id, contractNumber }: MeteredContract) =>
    contracts.filter((other) => other.contractNumber === contractNumber).length > 1
      ? id
      : contractNumber;
  const chosen = asked
    ? contracts.find(({ id, contractNumber }) => id === asked || contractNumber === asked)
    : contracts[0];
  return { chosen, nameOf };
}

/** Everything that a view can be asked by, with what was not said filled in. */
export interface ViewChoice {
  period: Period;
  alignment: Alignment;
  measure: Measure;
}

/** What an address asks for; without a period, the month of the last day that is known. */
export function choiceOf(asked: ConsumptionAddress, known: DayRange): ViewChoice {
  return {
    period: periodAsked(asked, known),
    alignment: asked.compare ?? "date",
    measure: asked.measure ?? "quantity",
  };
}

function periodAsked({ view = "month", date, from, to }: ConsumptionAddress, known: DayRange) {
  if (view === "range") {
    const ends = [from ?? to ?? known.from, to ?? from ?? known.to].sort();
    return { kind: view, from: ends[0] ?? known.from, to: ends[1] ?? known.to };
  }
  return periodOf(view, date ?? known.to);
}

/** Another kind of view of the same time: of a longer period the last part that has data. */
export function sameTime(kind: PeriodKind, period: Period, known: DayRange): Period {
  if (kind === "range") {
    return { kind, from: period.from, to: period.to };
  }
  const last = overlaps(period, known) && period.to > known.to ? known.to : period.to;
  return periodOf(kind, last);
}
