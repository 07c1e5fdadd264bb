import { z } from "zod";
import { fileHeaders } from "@/lib/api/csv-response";
import { csvOfDays, csvOfTotals } from "@/lib/consumption/exports/csv-file";
import { exportedDays } from "@/lib/consumption/exports/exported-days";
import { jsonOfDays } from "@/lib/consumption/exports/json-file";
import { BASE_UNITS } from "@/lib/consumption/quantity";
import { listMeteredContracts } from "@/lib/consumption/queries";
import { chooseContract } from "@/lib/consumption/schema";
import { calendarOf } from "@/lib/documents/due-calendar";
import { listDueDates } from "@/lib/documents/queries/due-dates";
import { env } from "@/lib/env";
import { NotFoundError } from "@/lib/errors";
import { romeDay } from "@/lib/time";
import { ownJson, refusedCalendar } from "./answer-customer";
import { customerOperation } from "./operation";
import { consumptionAnswer, consumptionQuery, contractList } from "./schema";

const NONE = z.strictObject({});

export const listContractsOperation = customerOperation({
  id: "listContracts",
  method: "get",
  address: "/contracts",
  summary: "List the account's contracts",
  description:
    "Those in the account today, with the days their consumption is known for since this holder has them.",
  purpose: "consumption",
  path: NONE,
  query: NONE,
  answers: { 200: { description: "Its contracts", schema: contractList } },
  problems: [],
  async handle(ctx) {
    const contracts = await listMeteredContracts(ctx);
    return ownJson({
      contracts: contracts.map(
        ({ id, contractNumber, commodity, supplyPoint, firstDay, lastDay }) => ({
          ...{ id, contractNumber, commodity, supplyPoint, firstDay, lastDay },
          baseUnit: BASE_UNITS[commodity],
        }),
      ),
    } satisfies z.input<typeof contractList>);
  },
});

export const getConsumptionOperation = customerOperation({
  id: "getConsumption",
  method: "get",
  address: "/consumption",
  summary: "Get a contract's consumption",
  description:
    "Its days, with their intervals if wanted, in both directions. CSV of intervals is what import readings takes: " +
    "contract_number;start;end;value;unit;quality;direction. CSV of days: " +
    "contract_number;day;direction;total;unit;f1;f2;f3;bands;intervals;estimated;missing.",
  purpose: "consumption",
  path: NONE,
  query: consumptionQuery,
  answers: {
    200: {
      description: "Its days, in order; as CSV in UTF-8, separated by semicolons, decimal comma",
      schema: consumptionAnswer,
      file: "text/csv",
    },
  },
  problems: ["not_found"],
  async handle(ctx, { contract: name, format, ...range }) {
    const { chosen } = chooseContract(await listMeteredContracts(ctx), name);
    if (!chosen) {
      throw new NotFoundError("such contract in this account");
    }
    const days = exportedDays(ctx, chosen, range);
    const ofDays = range.resolution === "days" ? csvOfTotals : csvOfDays;
    const lines = format === "csv" ? ofDays(chosen, days) : jsonOfDays(chosen, range, days);
    let text = "";
    for await (const line of lines) {
      text += line;
    }
    const type = format === "csv" ? "text/csv; charset=utf-8" : "application/json";
    return new Response(text, { headers: fileHeaders(`consumption.${format}`, type) });
  },
});

export const getCalendarOperation = customerOperation({
  id: "getCalendar",
  method: "get",
  address: "/calendar/{file}",
  summary: "Get the due dates of the account's bills",
  description:
    "For calendar programs, which send no headers: the address is the secret, and is revoked like a token. " +
    "A refusal is a status alone.",
  purpose: "calendar",
  open: true,
  path: z.strictObject({ file: z.string().describe("The calendar's own secret, and .ics") }),
  // Some programs add a parameter of their own.
  query: z.object({}),
  answers: {
    200: { description: "A calendar (RFC 5545) of whole days", file: "text/calendar" },
    404: { description: "There is no such calendar, or it was revoked" },
    429: {
      description: "Asked too often",
      headers: { "Retry-After": "Seconds until it may be asked again" },
    },
    500: { description: "Something is broken on our side" },
  },
  problems: [],
  secretOf: ({ file = "" }) => file.replace(/\.ics$/, ""),
  refuse: refusedCalendar,
  async handle(ctx) {
    const dates = await listDueDates(ctx, romeDay(new Date()));
    return new Response(calendarOf(dates, ctx.actor.language, env().APP_URL), {
      headers: {
        "Content-Type": "text/calendar; charset=utf-8",
        "Cache-Control": "private, no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
      },
    });
  },
});

/** Everything that a customer's own program can ask, as its document lists it. */
export const CUSTOMER_OPERATIONS = [
  listContractsOperation,
  getConsumptionOperation,
  getCalendarOperation,
] as const;
