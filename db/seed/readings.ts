import { bandsOfDay } from "@/lib/consumption/bands";
import { addDays } from "@/lib/time";
import type { Use } from "./bill-lines";
import type { Meter } from "./bills";
import { dailyReadings } from "./daily-values";
import { electricDays, type Readings } from "./quarter-hours";
import { monthsFrom, type SuppliedContract } from "./supplied";
import { type Day, daysBetween } from "./weather";

/** How long the readings go back. */
const YEARS = 3;

/** Every contract's readings up to yesterday, and what a bill needs to know of them. */
export interface GroupReadings {
  of(contract: SuppliedContract): Iterable<Readings & { direction: "consumption" | "injection" }>;
  meter: Meter;
  /** Whole units of the last twelve months that were measured. */
  annualUse(contract: SuppliedContract): number;
}

/** Reads all meters once; the readings themselves are made again when they are asked for. */
export function readMeters(contracts: SuppliedContract[], today: string): GroupReadings {
  const days = daysBetween(monthsFrom(today, -12 * YEARS), addDays(today, -1));
  const uses = new Map(
    contracts.map((contract) => [contract.contractNumber, dailyUses(contract, days)]),
  );
  const meter: Meter = (contract, from, to) => {
    const sum: Use = { total: 0, f1: 0, f2: 0, f3: 0, estimated: false };
    for (const [day, use] of uses.get(contract.contractNumber) ?? []) {
      if (day >= from && day <= to) {
        sum.total += use.total;
        sum.f1 += use.f1;
        sum.f2 += use.f2;
        sum.f3 += use.f3;
        sum.estimated ||= use.estimated;
      }
    }
    return sum;
  };
  return {
    of: (contract) => readingsOf(contract, days),
    meter,
    annualUse: (contract) => {
      const last = contract.endsOn ?? addDays(today, -1);
      return Math.round(meter(contract, addDays(monthsFrom(last, -12), 1), last).total / 1000);
    },
  };
}

function* readingsOf(contract: SuppliedContract, days: Day[]) {
  const last = days.at(-1)?.isoDate ?? "";
  const supplied = days.filter(
    ({ isoDate }) => isoDate >= contract.startsOn && isoDate <= (contract.endsOn ?? last),
  );
  const { commodity, contractNumber, supply } = contract;
  if (commodity !== "electricity") {
    for (const reading of dailyReadings(contractNumber, commodity, supply.usage, supplied)) {
      yield { ...reading, direction: "consumption" as const };
    }
    return;
  }
  for (const { consumption, injection } of electricDays(contractNumber, supply, supplied, last)) {
    yield { ...consumption, direction: "consumption" as const };
    if (injection) {
      yield { ...injection, direction: "injection" as const };
    }
  }
}

function dailyUses(contract: SuppliedContract, days: Day[]): Map<string, Use> {
  const uses = new Map<string, Use>();
  for (const reading of readingsOf(contract, days)) {
    if (reading.direction === "consumption") {
      uses.set(reading.localDay, sumUp(reading));
    }
  }
  return uses;
}

function sumUp({ localDay, intervalMinutes, values, quality }: Readings): Use {
  const perBand = [0, 0, 0, 0];
  const bands = bandsOfDay(localDay, intervalMinutes);
  let total = 0;
  for (const [at, value] of values.entries()) {
    if (value > 0) {
      total += value;
      const band = bands?.[at] ?? 0;
      perBand[band] = (perBand[band] ?? 0) + value;
    }
  }
  const [, f1 = 0, f2 = 0, f3 = 0] = perBand;
  // A stray estimated hour is no estimated bill.
  const estimated = intervalMinutes < 1440 && !quality.includes("a") && quality.includes("e");
  return { total, f1, f2, f3, estimated };
}
