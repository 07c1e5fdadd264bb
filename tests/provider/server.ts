import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Headers, json, tooMany } from "./answer";
import { virtualClock } from "./clock";
import { control } from "./control";
import { newKeys } from "./keys";
import { newLedger, type TakenMail } from "./ledger";
import { newRateWindow } from "./rate";
import { send } from "./send";
import { DEFAULTS, type Settings } from "./settings";
import type { State } from "./state";
import { newTeller } from "./webhooks";

/**
 * The mail provider for tests: Resend's API as facts.md has it, with a ledger of what really was taken,
 * idempotency keys for 24 hours on a clock of its own, and every fault that a network or a provider has.
 * Plain Node; listens on 127.0.0.1 only. `/control` is for the tests.
 */
export interface Provider extends State {
  url: string;
  close(): Promise<void>;
}

export async function startProvider(over: Partial<Settings> = {}): Promise<Provider> {
  const settings = { ...DEFAULTS, ...over, telling: { ...DEFAULTS.telling, ...over.telling } };
  const clock = virtualClock();
  const state: State = {
    settings,
    clock,
    ledger: newLedger(clock, settings.keepMails),
    keys: newKeys(clock),
    rate: newRateWindow(),
    suppressed: new Set(),
    teller: newTeller(() => settings),
    counts: { requests: 0, statuses: {}, repeated: 0, faults: {} },
  };
  const server = createServer((request, response) => {
    answer(state, request, response).catch((error: unknown) => {
      if (!response.headersSent) {
        json(state, response, 500, { name: "internal_server_error", message: String(error) });
      }
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    ...state,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(state: State, request: IncomingMessage, response: ServerResponse) {
  const url = new URL(request.url ?? "/", "http://provider");
  const raw = await bodyOf(request);
  if (url.pathname.startsWith("/control")) {
    return await control(state, url, raw, response);
  }
  state.counts.requests += 1;
  if (request.headers.authorization !== `Bearer ${state.settings.apiKey}`) {
    return json(state, response, 401, { name: "invalid_api_key", message: "API key is invalid" });
  }
  const headers = rateHeaders(state);
  if (headers === "too many") {
    return tooMany(state, response);
  }
  if (request.method === "POST" && /^\/emails(\/batch)?$/.test(url.pathname)) {
    return await send(state, { url, raw, request, response, headers });
  }
  return read(state, url, request, response, headers);
}

function rateHeaders({ settings: { perSecond }, rate }: State): Headers | "too many" {
  if (perSecond === null) {
    return {};
  }
  const remaining = rate.take(perSecond);
  return remaining < 0
    ? "too many"
    : {
        "ratelimit-limit": String(perSecond),
        "ratelimit-remaining": String(remaining),
        "ratelimit-reset": "1",
      };
}

/** GET /emails, /emails/:id, and the list of suppressed addresses. */
function read(
  state: State,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
  headers: Headers,
) {
  const [, group, id] = url.pathname.split("/");
  const fault = group === "emails" ? state.settings.reads.shift() : undefined;
  if (fault === "429") {
    return tooMany(state, response);
  }
  if (fault === "500") {
    return json(state, response, 500, { name: "internal_server_error", message: "Later." });
  }
  if (fault === "empty page") {
    return json(state, response, 200, { object: "list", has_more: true, data: [] }, headers);
  }
  const missing = () =>
    json(state, response, 404, { name: "not_found", message: "Not found." }, headers);
  if (group === "emails" && id) {
    const mail = state.ledger.find(id);
    return mail && isKnown(state, mail)
      ? json(state, response, 200, shown(mail), headers)
      : missing();
  }
  if (group === "emails") {
    const limit = Number(url.searchParams.get("limit") ?? 20);
    const { mails, more } = state.ledger.list(url.searchParams.get("after"), limit);
    const known = mails.filter((mail) => isKnown(state, mail));
    const data = known.map((mail) => ({
      ...shown(mail),
      ...(fault === "bad date" ? { created_at: "yesterday" } : {}),
    }));
    const has_more = more && known.length === mails.length;
    return json(state, response, 200, { object: "list", has_more, data }, headers);
  }
  if (group === "suppressions" && id && request.method === "DELETE") {
    const address = decodeURIComponent(id);
    return state.suppressed.delete(address)
      ? json(state, response, 200, { object: "suppression", id: address, deleted: true }, headers)
      : missing();
  }
  missing();
}

/** Its plan keeps mails for some days. */
const isKnown = ({ settings: { listDays }, clock }: State, { at }: TakenMail) =>
  listDays === null || at >= clock.now() - listDays * 86_400_000;

const shown = (mail: TakenMail) => ({
  object: "email",
  id: mail.id,
  to: [mail.to],
  from: "provider@example",
  subject: mail.subject,
  created_at: new Date(mail.at).toISOString(),
  last_event: mail.lastEvent,
  tags: Object.entries(mail.tags).map(([name, value]) => ({ name, value })),
});

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
