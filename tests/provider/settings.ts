/** What a request meets before, instead of, or after it is worked on. */
export const REQUEST_FAULTS = [
  /** Too many: nothing is taken. */
  "429",
  /** The provider fails before it takes anything. */
  "500",
  /** It takes everything, and fails then. */
  "500-after",
  /** The connection is reset before anything is taken. */
  "reset-before",
  /** Everything is taken, and the connection reset instead of an answer. */
  "reset-after",
  /** No answer ever comes; nothing is taken. */
  "hang-before",
  /** Everything is taken; no answer ever comes. */
  "hang-after",
  /** Everything is taken; the answer breaks off in the middle. */
  "truncated",
  /** Everything is taken; the answer is a page of a proxy. */
  "broken",
  /** The key is not valid any more. */
  "key-revoked",
  /** The sender's domain is not verified. */
  "domain-refused",
  /** The whole batch is refused, for good. */
  "refused",
] as const;
export type RequestFault = (typeof REQUEST_FAULTS)[number];

/** What one question about mails that were taken meets: none is answered as it should be. */
export type ReadFault = "429" | "500" | "empty page" | "bad date";

export interface ArmedFault {
  kind: RequestFault;
  /** The share of requests that meet it, 0 to 1; by default all. */
  share?: number;
  /** How many requests meet it at the most; by default any number. */
  count?: number;
}

/** What becomes of mails once they are taken: shares of them, 0 to 1. */
export interface Fates {
  bounced: number;
  /** A bounce that passes: the mailbox is full. */
  bouncedForNow: number;
  complained: number;
  suppressed: number;
  delayed: number;
  failed: number;
}

/** How the provider tells of it. */
export interface Telling {
  url: string | null;
  /** The first signs; webhooks.ts signs forged ones with another. */
  secret: string;
  /** False: nothing is told, as with an endpoint that was switched off. */
  on: boolean;
  /** Shares of the events that are told twice, and of forged ones beside the true ones. */
  doubled: number;
  forged: number;
  /** Events are told in an order by chance, up to so many milliseconds later. */
  lateMs: number;
}

export interface Settings {
  seed: number;
  apiKey: string;
  /** Requests a second; null: no limit, and no headers that name one. */
  perSecond: number | null;
  /** Mails until the quota is used up, and which quota it is; null: none. */
  quota: number | null;
  quotaSpan: "daily" | "monthly";
  /** How long the provider takes over a request, in milliseconds. */
  latencyMs: number;
  faults: ArmedFault[];
  /** Of the next questions about mails that were taken, the first one's first. */
  reads: ReadFault[];
  /** After so many days it no longer knows a mail; null: never. */
  listDays: number | null;
  fates: Partial<Fates>;
  /** What becomes of every mail to an address, whatever the shares. */
  fateOf: Record<string, keyof Fates>;
  telling: Telling;
  /** False keeps counts of the ledger only: for a million mails. */
  keepMails: boolean;
}

export const DEFAULTS: Settings = {
  seed: 1,
  apiKey: "re_faults",
  perSecond: null,
  quota: null,
  quotaSpan: "daily",
  latencyMs: 0,
  faults: [],
  reads: [],
  listDays: null,
  fates: {},
  fateOf: {},
  telling: {
    url: null,
    secret: "whsec_dGVzdCBvbmx5IHRlc3Qgb25seSB0ZXN0IG9ubHk=",
    on: true,
    doubled: 0,
    forged: 0,
    lateMs: 0,
  },
  keepMails: true,
};
