import { createHash, randomUUID } from "node:crypto";
import type { z } from "zod";
import { type EmailRequest, emailRequestSchema, type Message, messageOf } from "./message";
import type { MailStore } from "./store";

/** An answer in Resend's words. */
export interface ApiAnswer {
  status: number;
  body: unknown;
  /** Newly accepted ones; none for a repetition. */
  accepted: Message[];
}

const BATCH_LIMIT = 100;

const refusal = (statusCode: number, name: string, message: string): ApiAnswer => ({
  status: statusCode,
  body: { statusCode, name, message },
  accepted: [],
});

export const rateLimited = () =>
  refusal(429, "rate_limit_exceeded", "Too many requests. Wait before you send again.");
export const senderRefused = () =>
  refusal(403, "validation_error", "The domain of the sender is not verified.");
export const broken = () =>
  refusal(500, "internal_server_error", "Something went wrong on our side.");
export const unauthorized = () => refusal(401, "invalid_api_key", "API key is invalid");

interface SendRequest {
  path: "/emails" | "/emails/batch";
  rawBody: string;
  idempotencyKey: string | undefined;
  permissive: boolean;
}

const inFlight = new Set<string>();

/** POST /emails and /emails/batch, as Resend documents them; repeats an answer it has given. */
export async function answerSend(store: MailStore, request: SendRequest): Promise<ApiAnswer> {
  const { idempotencyKey: key } = request;
  const bodyDigest = createHash("sha256")
    .update(request.path)
    .update(request.rawBody)
    .digest("hex");
  if (!key) {
    return await send(store, request, null);
  }
  if (key.length > 256) {
    return refusal(400, "invalid_idempotency_key", "The key must have 1 to 256 characters.");
  }
  const before = store.answerTo(key);
  if (before) {
    return before.bodyDigest === bodyDigest
      ? { status: 200, body: before.body, accepted: [] }
      : refusal(409, "invalid_idempotent_request", "The key was used with another payload.");
  }
  if (inFlight.has(key)) {
    return refusal(
      409,
      "concurrent_idempotent_requests",
      "A request with this key is in progress.",
    );
  }
  inFlight.add(key);
  try {
    return await send(store, request, { key, bodyDigest });
  } finally {
    inFlight.delete(key);
  }
}

async function send(
  store: MailStore,
  { path, rawBody, permissive }: SendRequest,
  idempotency: { key: string; bodyDigest: string } | null,
): Promise<ApiAnswer> {
  const parsed = parse(rawBody);
  const items = path === "/emails" ? [parsed] : parsed;
  if (!Array.isArray(items) || items.length === 0 || items.length > BATCH_LIMIT) {
    return refusal(422, "validation_error", `Send an array of 1 to ${BATCH_LIMIT} emails.`);
  }
  const checked = items.map((item) => emailRequestSchema.safeParse(item));
  const errors = checked.flatMap((result, index) =>
    result.success ? [] : [{ index, message: sentence(result.error) }],
  );
  if (errors[0] && !permissive) {
    return refusal(422, "validation_error", errors[0].message);
  }
  const accepted = checked.flatMap((result) =>
    result.success ? [messageOf(result.data, randomUUID())] : [],
  );
  const ids = accepted.map(({ id }) => ({ id }));
  const body = path === "/emails" ? ids[0] : permissive ? { data: ids, errors } : { data: ids };
  await store.accept(accepted, idempotency ? { ...idempotency, body } : null);
  return { status: 200, body, accepted };
}

/** Whom a request would reach; empty when it cannot be read. */
export function recipientsOf(rawBody: string): string[] {
  const items = [parse(rawBody)].flat() as Partial<EmailRequest>[];
  return items.flatMap((item) => [item?.to ?? []].flat());
}

function parse(rawBody: string): unknown {
  try {
    return JSON.parse(rawBody);
  } catch {
    return null;
  }
}

function sentence(error: z.ZodError): string {
  const [issue] = error.issues;
  return `Invalid \`${issue?.path[0]?.toString() ?? "body"}\` field: it ${issue?.message}.`;
}
