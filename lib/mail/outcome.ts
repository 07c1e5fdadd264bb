import { z } from "zod";

/** What a request to Resend came to: a closed set, so that every case has its answer. */
export type SendOutcome =
  /** Taken. By position of the request: the provider's id, or null for one it rejected. */
  | { kind: "accepted"; ids: (string | null)[]; rejected: Map<number, string> }
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

/** An outcome, and how fast the provider lets itself be asked. */
export interface ProviderAnswer {
  outcome: SendOutcome;
  /** Requests a second by its headers; null where it names no limit. */
  perSecond: number | null;
}

/** The SDK's answer, as far as it is looked at. */
export interface SdkAnswer {
  data: unknown;
  error: { name?: unknown; message?: unknown; statusCode?: unknown } | null;
  headers: Record<string, string> | null;
}

type ErrorKind = Exclude<SendOutcome["kind"], "accepted">;

/**
 * The retry classes (R17): what an error's name means, whatever its status. Names that are not here go
 * by `BY_STATUS`.
 */
export const BY_NAME: Readonly<Record<string, ErrorKind>> = {
  rate_limit_exceeded: "retry",
  daily_quota_exceeded: "stopped",
  monthly_quota_exceeded: "stopped",
  missing_api_key: "stopped",
  invalid_api_key: "stopped",
  restricted_api_key: "stopped",
  invalid_from_address: "sender_refused",
  // A first request with this key is still being worked on: its answer is the one that counts.
  concurrent_idempotent_requests: "unknown",
  // The key was used with other bytes: nobody knows what came of those.
  invalid_idempotent_request: "refused",
};

/** The other errors by status; `null` stands for network loss, a timeout and a broken 2xx. */
export function kindByStatus(status: number | null): ErrorKind {
  if (status === null || status < 400 || status >= 500 || [408, 409, 425].includes(status)) {
    return "unknown";
  }
  switch (status) {
    case 401:
    case 404:
    case 405:
      return "stopped";
    // A key that is not valid has a name of its own; any other 403 is about the address in `from`.
    case 403:
      return "sender_refused";
    case 429:
      return "retry";
    default:
      return "refused";
  }
}

const oneSchema = z.object({ id: z.string().min(1) });
const manySchema = z.object({
  data: z.array(oneSchema),
  errors: z.array(z.object({ index: z.number().int().min(0), message: z.string() })).default([]),
});

const LONGEST_PAUSE_MS = 60_000;
const SHORTEST_PAUSE_MS = 1_000;

/** Judges the SDK's answer to a request of `count` mails, `null` for one that is not a batch. */
export function answerOf(answer: SdkAnswer, count: number | null): ProviderAnswer {
  const outcome = answer.error
    ? outcomeOfError(answer.error, answer.headers)
    : outcomeOfData(answer.data, count);
  return { outcome, perSecond: perSecond(answer.headers) };
}

function outcomeOfData(data: unknown, count: number | null): SendOutcome {
  if (count === null) {
    const one = oneSchema.safeParse(data);
    return one.success
      ? { kind: "accepted", ids: [one.data.id], rejected: new Map() }
      : { kind: "unknown", reason: "unreadable_answer" };
  }
  const many = manySchema.safeParse(data);
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
  return { kind: "accepted", ids, rejected };
}

function outcomeOfError(
  error: NonNullable<SdkAnswer["error"]>,
  headers: SdkAnswer["headers"],
): SendOutcome {
  const reason = typeof error.name === "string" ? error.name : "unnamed_error";
  const status = typeof error.statusCode === "number" ? error.statusCode : null;
  const kind = BY_NAME[reason] ?? kindByStatus(status);
  return kind === "retry" ? { kind, pauseMs: pauseAfter(headers) } : { kind, reason };
}

function numberIn(headers: SdkAnswer["headers"], name: string): number | null {
  const value = Number.parseFloat(headers?.[name] ?? "");
  return Number.isFinite(value) && value >= 0 ? value : null;
}

/** How long a refusal's headers ask to wait, in milliseconds. */
function pauseAfter(headers: SdkAnswer["headers"]): number {
  const seconds = numberIn(headers, "retry-after") ?? numberIn(headers, "ratelimit-reset") ?? 1;
  return Math.min(Math.max(seconds * 1000, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS);
}

/** `10`, or `10;w=1` where the window is not a second; the limit differs by account. */
function perSecond(headers: SdkAnswer["headers"]): number | null {
  const limit = numberIn(headers, "ratelimit-limit");
  const window = Number(/;\s*w=(\d+)/.exec(headers?.["ratelimit-limit"] ?? "")?.[1] ?? 1);
  return limit && window ? limit / window : null;
}

/** The provider's sentence without the addresses it may quote. */
const masked = (message: string) => message.replace(/\S+@\S+/g, "…").slice(0, 200);
