import type { API_SCOPES, IMPORT_KINDS } from "@/db/schema";

export type ApiScope = (typeof API_SCOPES)[number];
export type ImportKindName = (typeof IMPORT_KINDS)[number];

/** What every key begins with, so that scanners of repositories find one that got there. */
export const KEY_PREFIX = "spk_";

/** 32 bytes, base64url. */
export const KEY_SHAPE = /^spk_[A-Za-z0-9_-]{43}$/;

/** Bytes of one body. */
export const LARGEST_BODY = 2 * 1024 ** 3;

/** For how long a call under an Idempotency-Key is remembered. */
export const REMEMBERED_HOURS = 24;

/** For how long a ZIP waits for the bills that name it. */
export const DOCUMENTS_DAYS = 7;

/** What a body may be, and how the stored file ends: readers tell ZIP files from others by that. */
export const MEDIA = {
  "text/csv": ".csv",
  "application/xml": ".xml",
  "application/zip": ".zip",
} as const;
export type Medium = keyof typeof MEDIA;

type KindParameter = "target" | "run" | "origin" | "contract" | "layout" | "documents";

/** What files of a kind may be, and the parameters that mean something for them. */
export const TAKEN: Record<
  ImportKindName,
  { media: readonly Medium[]; parameters: readonly KindParameter[] }
> = {
  contracts: { media: ["text/csv"], parameters: [] },
  choices: { media: ["text/csv"], parameters: ["origin"] },
  bills: { media: ["text/csv"], parameters: ["target", "run", "documents"] },
  "bill-lines": { media: ["text/csv"], parameters: [] },
  "e-invoices": { media: ["application/xml", "application/zip"], parameters: ["target", "run"] },
  readings: {
    media: ["text/csv", "application/xml", "application/zip"],
    parameters: ["contract", "layout"],
  },
};
