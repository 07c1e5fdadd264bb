import type { Report } from "./report";

/** What the model takes for given; each can be another company's. */
export const ASSUMED = {
  billsPerYear: 12,
  linesPerBill: 8,
  /** Of the contracts that have their bills by e-mail. */
  electronic: 0.6,
  /** Of those that have a meter of quarter-hours. */
  metered: 1,
  /** Of those who are told of a bill, who look at it within the hour, and the pages they open. */
  comeWithinTheHour: 0.2,
  pages: 4,
  /** Mails a second that the provider takes: ten requests of a hundred. */
  providerMailsPerSecond: 1_000,
  /** Of a core, what may be in use at the busiest. */
  used: 0.6,
};

export interface Load {
  contracts: number;
  /** On the disk, each year. */
  gbPerYear: number;
  /** What is in use all the time: contracts, the bills of two runs, a month of readings; indexes too. */
  hotGb: number;
  freezeMinutes: number;
  importMinutes: number;
  publishMinutes: number;
  mailHours: number;
  /** At the busiest, in the hour after a run. */
  requestsPerSecond: number;
  webCores: number;
  databaseCores: number;
}

/** Bytes that a contract takes each year: its bills with all that goes with them, and its readings. */
export function bytesPerYear({ perRow }: Report["storage"]): { bills: number; readings: number } {
  const bill = perRow.documents + ASSUMED.linesPerBill * perRow.billLines + perRow.plans;
  const sent = ASSUMED.electronic * (perRow.dispatches + perRow.mails);
  const day = perRow.days + perRow.profiles;
  return {
    bills: ASSUMED.billsPerYear * (bill + sent),
    readings: 365 * ASSUMED.metered * day,
  };
}

/** What so many contracts ask of the machines, from the figures that were measured. */
export function loadOf(contracts: number, { storage, figures }: Report): Load {
  const { bills, readings } = bytesPerYear(storage);
  const inUse = storage.perContract + (bills * 2) / ASSUMED.billsPerYear + readings / 12;
  const mails = contracts * ASSUMED.electronic;
  // Whoever is told comes as the mails go out, and those of an hour at most come together.
  const toldInAnHour = Math.min(mails, ASSUMED.providerMailsPerSecond * 3_600);
  const requestsPerSecond = (toldInAnHour * ASSUMED.comeWithinTheHour * ASSUMED.pages) / 3_600;
  const cores = (ms: number) => (requestsPerSecond * ms) / 1_000 / ASSUMED.used;
  return {
    contracts,
    gbPerYear: (contracts * (bills + readings)) / 1e9,
    hotGb: (contracts * inUse) / 1e9,
    freezeMinutes: (contracts * figures.freezeSeconds) / 60,
    importMinutes: (contracts * figures.importSeconds) / 60,
    publishMinutes: (contracts * figures.publishSeconds) / 60,
    mailHours: mails / Math.min(ASSUMED.providerMailsPerSecond, figures.mailsPerSecond) / 3_600,
    requestsPerSecond,
    webCores: cores(figures.listWebMs),
    databaseCores: cores(figures.listDatabaseMs),
  };
}

/** Contracts up to which each part of a machine like the one measured is enough. */
export function thresholds(report: Report): {
  oneMachine: number;
  webTier: number;
  memory: number;
} {
  const one = loadOf(1_000_000, report);
  const { cores, memoryGb } = report.figures;
  const perMillion = (limit: number, each: number) => floorTo2((limit / each) * 1e6);
  const together = one.webCores + one.databaseCores;
  return {
    // Web processes and PostgreSQL share its cores.
    oneMachine: perMillion(cores, together),
    // PostgreSQL alone on such a machine, web processes elsewhere.
    webTier: perMillion(cores, one.databaseCores),
    // What is in use all the time is in three quarters of its memory.
    memory: perMillion(0.75 * memoryGb, one.hotGb),
  };
}

/** Two figures of it: more would pretend to know. */
function floorTo2(value: number): number {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  // A hair less than a round number is that number.
  return Math.floor(value / power + 1e-9) * power;
}
