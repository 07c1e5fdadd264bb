import { z } from "zod";

/** What a request to Resend came to: a closed set, so that every case has its answer. */
export type SendOutcome =
  /** Taken. By position of the request: the provider's id, or null for one it rejected. */
  | { kind: "accepted"; ids: (string | null)[]; rejected: Map<number, string>; pauseMs: number }
  /** Not taken, for the moment: ask again after a while. */
  | { kind: "retry"; pauseMs: number }
  /** Not taken, nor is anybody else's mail, before somebody acts: quota, key. */
  | { kind: "stopped"; reason: string }
  /** Not taken, and not before somebody acts, from this sender: its domain is not verified. */
  | { kind: "sender_refused"; reason: string }
  /** Not taken, and never will be as it is. */
  | { kind: "refused"; reason: string }
  /** Taken or not, nobody knows: only the same request under the same key may follow (R17). */
  | { kind: "unknown"; reason: string };

/** The SDK's answer, as far as it is looked at. */
export interface SdkAnswer {
  data: unknown;
  error: { name?: unknown; message?: unknown; statusCode?: unknown } | null;
  headers: Record<string, string> | null;
}

const oneSchema = z.object({ id: z.string().min(1) });
const manySchema = z.object({
  data: z.array(oneSchema),
  errors: z.array(z.object({ index: z.number().int().min(0), message: z.string() })).default([]),
});

const LONGEST_PAUSE_MS = 60_000;
const QUOTAS = ["daily_quota_exceeded", "monthly_quota_exceeded"];

/** Judges the SDK's answer to a request of `count` mails, `null` for one that is not a batch. */
export function outcomeOf(answer: SdkAnswer, count: number | null): SendOutcome {
  if (answer.error) {
    return outcomeOfError(answer.error, answer.headers);
  }
  const pauseMs = pauseAfter(answer.headers);
  if (count === null) {
    const one = oneSchema.safeParse(answer.data);
    return one.success
      ? { kind: "accepted", ids: [one.data.id], rejected: new Map(), pauseMs }
      : { kind: "unknown", reason: "unreadable_answer" };
  }
  const many = manySchema.safeParse(answer.data);
  if (!many.success) {
    return { kind: "unknown", reason: "unreadable_answer" };
  }
  const rejected = new Map(many.data.errors.map(({ index, message }) => [index, masked(message)]));
  if (many.data.data.length + rejected.size !== count) {
    return { kind: "unknown", reason: "answer_of_another_length" };
  }
  // `data` names the accepted only, in the order they were sent.
  const accepted = many.data.data.map(({ id }) => id).values();
  const ids = Array.from({ length: count }, (_, index) =>
    rejected.has(index) ? null : (accepted.next().value ?? null),
  );
  return { kind: "accepted", ids, rejected, pauseMs };
}

function outcomeOfError(
  error: NonNullable<SdkAnswer["error"]>,
  headers: SdkAnswer["headers"],
): SendOutcome {
  const name = typeof error.name === "string" ? error.name : "unnamed_error";
  const status = typeof error.statusCode === "number" ? error.statusCode : null;
  // Network loss and a broken 2xx both come without a status.
  if (status === null || status >= 500 || status < 400) {
    return { kind: "unknown", reason: name };
  }
  // A first request with this key is still being worked on: its answer is the one that counts.
  if (name === "concurrent_idempotent_requests") {
    return { kind: "unknown", reason: name };
  }
  // 403 is also what a key that is no longer valid hears; any other is about the address in `from`.
  if (name === "invalid_from_address" || (status === 403 && !name.includes("api_key"))) {
    return { kind: "sender_refused", reason: name };
  }
  if (QUOTAS.includes(name) || [401, 403, 404, 405].includes(status)) {
    return { kind: "stopped", reason: name };
  }
  if (status === 429) {
    return { kind: "retry", pauseMs: Math.max(1000, pauseAfter(headers)) };
  }
  return { kind: "refused", reason: name };
}

/** How long the provider's headers ask to wait, in milliseconds; its limit differs by account. */
function pauseAfter(headers: SdkAnswer["headers"]): number {
  const seconds = (header: string) => {
    const value = Number(headers?.[header] ?? Number.NaN);
    return Number.isFinite(value) && value >= 0 ? value : null;
  };
  const remaining = seconds("ratelimit-remaining");
  const wait = seconds("retry-after") ?? (remaining === 0 ? (seconds("ratelimit-reset") ?? 1) : 0);
  return Math.min(wait * 1000, LONGEST_PAUSE_MS);
}

/** The provider's sentence without the addresses it may quote. */
const masked = (message: string) => message.replace(/\S+@\S+/g, "…").slice(0, 200);
