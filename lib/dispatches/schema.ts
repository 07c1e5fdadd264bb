import { z } from "zod";
import { isProviderEvent } from "./rules";

/** An event of the provider about one of our dispatches. */
export interface ProviderEvent {
  /** svix-id: the same however often it is told. */
  providerEventId: string;
  companyId: number;
  dispatchId: string;
  type: string;
  occurredAt: Date;
  /** Codes only, never the provider's sentences: they may quote an address. */
  detail: Record<string, string>;
}

const code = z.string().regex(/^[\w .-]{1,60}$/);

const payloadSchema = z.object({
  type: z.string().refine(isProviderEvent),
  created_at: z.string().transform((text) => new Date(text)),
  data: z.object({
    email_id: z.string().max(100),
    tags: z.object({ dispatch: z.uuid(), company: z.coerce.number().int().min(1).max(32_767) }),
    bounce: z.object({ type: code, subType: code }).partial().optional().catch(undefined),
  }),
});

/** Reads a verified webhook's payload; null when it is not about a dispatch of ours. */
export function parseProviderEvent(
  providerEventId: string,
  payload: unknown,
): ProviderEvent | null {
  const parsed = payloadSchema.safeParse(payload);
  if (!parsed.success || Number.isNaN(parsed.data.created_at.getTime())) {
    return null;
  }
  const { type, created_at: occurredAt, data } = parsed.data;
  return {
    providerEventId,
    companyId: data.tags.company,
    dispatchId: data.tags.dispatch,
    type,
    occurredAt,
    detail: {
      emailId: data.email_id,
      ...(data.bounce?.type ? { bounceType: data.bounce.type } : {}),
      ...(data.bounce?.subType ? { bounceSubType: data.bounce.subType } : {}),
    },
  };
}
