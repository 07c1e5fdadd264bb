import { z } from "zod";
import { DOCUMENT_KINDS } from "@/db/schema";
import { isIsoDate } from "@/lib/iso-date";
import { PAYMENT_WORDS } from "./rules";

/** How a document went out in the end; those of an archive did not go out from here. */
const WAYS = ["electronic", "paper"] as const;

/** Which of the archive's documents are shown; what is wrong or empty in an address is absent. */
export const billFilterSchema = z.object({
  /** Of issue. */
  year: z
    .string()
    .regex(/^20\d{2}$/)
    .transform(Number)
    .optional()
    .catch(undefined),
  contract: z.uuid().optional().catch(undefined),
  kind: z.enum(DOCUMENT_KINDS).optional().catch(undefined),
  state: z.enum(PAYMENT_WORDS).optional().catch(undefined),
  way: z.enum(WAYS).optional().catch(undefined),
  /** A bill's or contract's number, an amount, or a time, as people type it. */
  q: z
    .string()
    .transform((typed) => typed.normalize("NFKC").replace(/\p{C}/gu, "").trim())
    .pipe(z.string().min(1).max(60))
    .optional()
    .catch(undefined),
});

export type BillFilter = z.output<typeof billFilterSchema>;
export type BillWay = (typeof WAYS)[number];

/** A document's place in the order of the archive, newest first: where a page goes on. */
export interface BillPlace {
  issueDate: string;
  id: string;
}

const placeSchema = z
  .string()
  .transform((text) => text.split("_"))
  .pipe(z.tuple([z.string().refine(isIsoDate), z.uuid()]))
  .transform(([issueDate, id]): BillPlace => ({ issueDate, id }))
  .optional()
  .catch(undefined);

/** Where a page begins or ends: after a document that is newer, or before one that is older. */
export const billPageSchema = z.object({ after: placeSchema, before: placeSchema });

export type BillPages = z.output<typeof billPageSchema>;

/** The archive's address with a filter, and where its page begins or ends. */
export function archiveAddress(filter: BillFilter, pages: BillPages = {}, path = "/bills"): string {
  const { after, before } = pages;
  const place = ({ issueDate, id }: BillPlace) => `${issueDate}_${id}`;
  const entries = Object.entries({
    ...filter,
    after: after && place(after),
    before: before && place(before),
  }).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  return entries.length === 0 ? path : `${path}?${new URLSearchParams(entries)}`;
}
