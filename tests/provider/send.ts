import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { count, type Headers, json, none, parse, tooMany } from "./answer";
import { fate } from "./dice";
import type { TakenMail } from "./ledger";
import type { RequestFault } from "./settings";
import type { State } from "./state";
import { type EmailRequest, faultIn } from "./validation";
import { eventTypes } from "./webhooks";

export interface SendCall {
  url: URL;
  raw: Buffer;
  request: IncomingMessage;
  response: ServerResponse;
  headers: Headers;
}

/** POST /emails and /emails/batch: answers as the API does, unless a fault is in the way. */
export async function send(state: State, call: SendCall): Promise<void> {
  const { raw, request, response, headers } = call;
  const fault = faultFor(state);
  if (fault && endedBefore(state, fault, response, headers)) {
    return;
  }
  const key = request.headers["idempotency-key"]?.toString() ?? null;
  const bodyDigest = createHash("md5").update(raw).digest("hex");
  const before = key ? state.keys.look(key, bodyDigest) : null;
  if (before === "busy") {
    return json(state, response, 409, {
      name: "concurrent_idempotent_requests",
      message: "The same idempotency key is in progress.",
    });
  }
  if (before === "other") {
    return json(state, response, 409, {
      name: "invalid_idempotent_request",
      message: "This idempotency key has been used with another payload.",
    });
  }
  if (before) {
    state.counts.repeated += 1;
    return endedAfter(state, fault, call, before.status, before.body);
  }
  if (key) {
    state.keys.begin(key);
  }
  if (state.settings.latencyMs > 0) {
    await sleep(state.settings.latencyMs);
  }
  const { status, body, taken } = take(state, call, key);
  if (key) {
    state.keys.end(key, status === 200 ? { bodyDigest, status, body } : null);
  }
  state.teller.tell(taken);
  endedAfter(state, fault, call, status, body);
}

function take(
  state: State,
  { url, raw, request }: SendCall,
  key: string | null,
): { status: number; body: string; taken: TakenMail[] } {
  const refusal = (status: number, name: string, message: string) => ({
    status,
    body: JSON.stringify({ statusCode: status, name, message }),
    taken: [],
  });
  const inBatch = url.pathname === "/emails/batch";
  const parsed = parse(raw);
  const items = inBatch ? parsed : [parsed];
  if (!Array.isArray(items) || items.length === 0 || items.length > 100) {
    return refusal(422, "validation_error", "A batch has 1 to 100 emails.");
  }
  const { settings } = state;
  if (settings.quota !== null && state.ledger.count + items.length > settings.quota) {
    const { quotaSpan } = settings;
    const message = `You have reached your ${quotaSpan} email quota.`;
    return refusal(429, `${quotaSpan}_quota_exceeded`, message);
  }
  const errors = items.flatMap((item, index) => {
    const message = faultIn(item, inBatch);
    return message ? [{ index, message }] : [];
  });
  const permissive = inBatch && request.headers["x-batch-validation"] === "permissive";
  if (errors[0] && !permissive) {
    return refusal(422, "validation_error", errors[0].message);
  }
  const wrong = new Set(errors.map(({ index }) => index));
  const good = items.filter((_, index) => !wrong.has(index)) as EmailRequest[];
  const taken = state.ledger.take(good, key);
  for (const mail of taken) {
    mail.lastEvent =
      eventTypes(settings, mail)
        .at(-1)
        ?.replace(/^email\.|:.*$/g, "") ?? "sent";
  }
  const ids = taken.map(({ id }) => ({ id }));
  const body = inBatch ? { data: ids, ...(permissive ? { errors } : {}) } : ids[0];
  return { status: 200, body: JSON.stringify(body), taken };
}

/** The fault that this request meets; those that were met often enough are disarmed. */
function faultFor(state: State): RequestFault | null {
  const { settings, counts } = state;
  const met = settings.faults.find(
    ({ share = 1, count = Number.POSITIVE_INFINITY, kind }) =>
      count > 0 && fate(settings.seed, "fault", kind, counts.requests) < share,
  );
  if (!met) {
    return null;
  }
  if (met.count !== undefined) {
    met.count -= 1;
  }
  counts.faults[met.kind] = (counts.faults[met.kind] ?? 0) + 1;
  return met.kind;
}

/** True where nothing is taken, and the request has its end. */
function endedBefore(
  state: State,
  fault: RequestFault,
  response: ServerResponse,
  headers: Headers,
): boolean {
  switch (fault) {
    case "429":
      tooMany(state, response);
      return true;
    case "500":
      json(state, response, 500, { name: "internal_server_error", message: "Oops." }, headers);
      return true;
    case "reset-before":
      none(state, response).destroy();
      return true;
    case "hang-before":
      none(state, response);
      return true;
    case "key-revoked":
      json(state, response, 401, { name: "invalid_api_key", message: "API key is invalid" });
      return true;
    case "domain-refused":
      json(state, response, 403, { name: "validation_error", message: "Not verified." });
      return true;
    case "refused":
      json(state, response, 422, { name: "validation_error", message: "Not like this." });
      return true;
    default:
      return false;
  }
}

function endedAfter(
  state: State,
  fault: RequestFault | null,
  { response, headers }: SendCall,
  status: number,
  body: string,
): void {
  switch (fault) {
    case "500-after":
      json(state, response, 500, { name: "internal_server_error", message: "Oops." });
      return;
    case "reset-after":
      none(state, response).destroy();
      return;
    case "hang-after":
      none(state, response);
      return;
    case "truncated":
      none(state, response);
      response.writeHead(200, {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
      });
      response.write(body.slice(0, body.length / 2));
      response.socket?.destroySoon();
      return;
    case "broken":
      count(state, 200);
      response.writeHead(200, { "content-type": "text/html", ...headers });
      response.end("<html><h1>Everything is fine</h1>");
      return;
    default:
      count(state, status);
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(body);
  }
}
