import type { Row } from "../report";

/** A comparison of the report: what the limit is, and what the ratio may be. */
export interface ReportRow extends Row {
  /** What ours is held against, in words. */
  limitIs: string;
  /** The goal of the ratio, if it has one. */
  goal?: { atMost: number } | { atLeast: number };
}

/** One thing measured at each size of the world. */
export interface Curve {
  /** Names its picture. */
  id: string;
  title: string;
  unit: string;
  /** What the second line is; absent where there is none. */
  limitIs?: string;
  points: { contracts: number; ours: number; limit?: number }[];
}

/** Bytes on the disk, indexes included. */
export interface Storage {
  /** Of a row of each table. */
  perRow: Record<
    "documents" | "billLines" | "dispatches" | "mails" | "plans" | "days" | "profiles",
    number
  >;
  /** Of all that a contract has without bills and readings. */
  perContract: number;
}

/** The web process after a tenth of the requests, when all that can be collected has been. */
export interface MemoryTenth {
  requests: number;
  heapMb: number;
  rssMb: number;
}

/** What the cost model is made of, of this machine. */
export interface Figures {
  /** CPU of one bill list, milliseconds. */
  listWebMs: number;
  listDatabaseMs: number;
  /** CPU of the worker for one mail, milliseconds. */
  mailMs: number;
  /** Mails a second without a provider's limit, by one worker. */
  mailsPerSecond: number;
  /** Seconds for the largest world, each contract. */
  freezeSeconds: number;
  publishSeconds: number;
  importSeconds: number;
  cores: number;
  memoryGb: number;
}

export interface Report {
  made: {
    at: string;
    minutes: number;
    quick: boolean;
    machine: string;
    commit: string;
    versions: Record<string, string>;
  };
  rows: ReportRow[];
  curves: Curve[];
  storage: Storage;
  memory: MemoryTenth[];
  figures: Figures;
}

/** Whether a row keeps its goal; undefined where it has none. */
export function holds({ goal, ratio }: ReportRow): boolean | undefined {
  if (!goal) {
    return undefined;
  }
  return "atMost" in goal ? ratio <= goal.atMost : ratio >= goal.atLeast;
}
