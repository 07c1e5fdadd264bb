import { z } from "zod";
import { isProviderEvent, WORKLIST_KINDS } from "./rules";

/** An event of the provider about a mail of ours. */
export interface ProviderEvent {
  /** svix-id: the same however often it is told. */
  id: string;
  companyId: number;
  /** What it is about: a bill's dispatch and its sending, or a mail about an account. */
  dispatchId: string | null;
  batchId: string | null;
  mailId: string | null;
  type: string;
  occurredAt: Date;
  /** Codes only, never the provider's sentences: they may quote an address. */
  detail: Record<string, string>;
}

const code = z.string().regex(/^[\w .-]{1,60}$/);
const said = z.string().max(4_000);

const payloadSchema = z.object({
  type: z.string().refine(isProviderEvent),
  created_at: z.string().transform((text) => new Date(text)),
  data: z.object({
    email_id: z.string().max(100),
    tags: z.object({
      company: z.coerce.number().int().min(1).max(32_767),
      dispatch: z.uuid().optional(),
      batch: z.uuid().optional(),
      mail: z.uuid().optional(),
    }),
    bounce: z
      .object({ type: code, subType: code, message: said })
      .partial()
      .optional()
      .catch(undefined),
    suppressed: z.object({ type: code }).partial().optional().catch(undefined),
    failed: z.object({ reason: code }).partial().optional().catch(undefined),
  }),
});

/** Reads a verified webhook's payload; null when it is not about a mail of ours. */
export function parseProviderEvent(id: string, payload: unknown): ProviderEvent | null {
  const parsed = payloadSchema.safeParse(payload);
  if (!parsed.success || Number.isNaN(parsed.data.created_at.getTime())) {
    return null;
  }
  const { type, created_at: occurredAt, data } = parsed.data;
  const { company, dispatch, batch, mail } = data.tags;
  if ((dispatch === undefined) === (mail === undefined)) {
    return null;
  }
  const { bounce, suppressed, failed } = data;
  const codes = {
    emailId: data.email_id,
    bounceType: bounce?.type,
    bounceSubType: bounce?.subType,
    status: statusIn(bounce?.message),
    suppressedType: suppressed?.type,
    failedReason: failed?.reason,
  };
  return {
    id,
    companyId: company,
    dispatchId: dispatch ?? null,
    batchId: batch ?? null,
    mailId: mail ?? null,
    type,
    occurredAt,
    detail: Object.fromEntries(
      Object.entries(codes).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  };
}

/** The mailbox server's enhanced status code (RFC 3463), of what its sentence says: `5.1.1`. */
const statusIn = (sentence: string | undefined) =>
  /\b[45]\.\d{1,3}\.\d{1,3}\b/.exec(sentence ?? "")?.[0];

const note = z.string().trim().max(500, "noteLong");
const documentId = z.uuid("invalid");

/** The buttons of a bill's page for staff: what to do about one that could not be delivered. */
export const dispatchOrderSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("resend"), documentId, note }),
  z.object({ kind: z.literal("paper"), documentId, note }),
  z.object({ kind: z.literal("note"), documentId, note: note.min(3, "noteMissing") }),
]);

/** Which of what could not be delivered is shown; what is wrong is absent. */
export const worklistSchema = z.object({
  company: z.string().max(40).optional().catch(undefined),
  run: z.string().max(60).optional().catch(undefined),
  kind: z.enum(WORKLIST_KINDS).optional().catch(undefined),
  /** Where the page begins: the row before it. */
  after: z.uuid().optional().catch(undefined),
});
