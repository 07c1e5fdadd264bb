import { setMaxListeners } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answerAccount } from "./account-api";
import { faultSchema, newFaults } from "./faults";
import { listPage, messagePage, notFoundPage, PAGE_POLICY } from "./page";
import {
  type ApiAnswer,
  answerSend,
  broken,
  rateLimited,
  recipientsOf,
  senderRefused,
  unauthorized,
} from "./resend-api";
import { type MailStore, openStore } from "./store";
import { eventsOf, type MailEvent, tell } from "./webhooks";

/** As Resend: so many requests a second. */
const RATE_LIMIT = 50;
const LARGEST_BODY = 50 * 1024 * 1024;
const LISTED = 200;

export interface MailboxOptions {
  /** Where messages are kept from one start to the next. */
  folder: string;
  /** 0, the default, takes a free one. */
  port?: number;
  /** 127.0.0.1 by default. */
  host?: string;
  webhookUrl: string;
  /** What its account calls that address, where it is one of a network within; the same by default. */
  publicWebhookUrl?: string;
  /** One or two signing secrets; the first signs. */
  webhookSecret: string;
  /** What the Authorization header must carry. */
  apiKey: string;
}

export interface Mailbox {
  url: string;
  close(): Promise<void>;
}

/**
 * The local mailbox in place of Resend: the same API, signed webhooks, a page for people at `/`,
 * `/api/messages` and `/api/faults` for tests. Listens on 127.0.0.1 unless told otherwise.
 * @throws the listen error, with its `code`, when the port is taken.
 */
export async function startMailbox(options: MailboxOptions): Promise<Mailbox> {
  const store = await openStore(options.folder);
  const faults = newFaults();
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const secret = options.webhookSecret.split(",")[0] ?? "";
  // An event that was not taken stays in the store, and is told again after the next start.
  const tellAll = async (events: MailEvent[]) => {
    for (const event of events) {
      if (await tell(event, { url: options.webhookUrl, secret, stop: stop.signal })) {
        await store.eventTold(event.id);
      }
    }
  };
  const allowed = rateWindow();

  async function answerApi(request: IncomingMessage, response: ServerResponse, path: string) {
    const rawBody = await bodyOf(request);
    if (request.headers.authorization !== `Bearer ${options.apiKey}`) {
      return send(response, unauthorized());
    }
    const recipients = recipientsOf(rawBody);
    const remaining = allowed();
    const headers = rateHeaders(remaining);
    const fault = faults.forRequest(recipients);
    if (fault === "hang") {
      return;
    }
    if (fault === "403") {
      return send(response, senderRefused(), headers);
    }
    if (fault === "429" || remaining < 0) {
      return send(response, rateLimited(), { ...headers, "retry-after": "1" });
    }
    if (fault === "500") {
      return send(response, broken(), headers);
    }
    const answer = await answerSend(store, {
      path: path === "/emails" ? "/emails" : "/emails/batch",
      rawBody,
      idempotencyKey: request.headers["idempotency-key"]?.toString(),
      permissive: request.headers["x-batch-validation"] === "permissive",
    });
    for (const message of answer.accepted) {
      const events = eventsOf(message, faults.forMessage(message.to));
      await Promise.all(events.map((event) => store.addEvent(event)));
      tellAll(events).catch(() => {});
    }
    if (fault === "drop") {
      request.socket.destroy();
      return;
    }
    send(response, answer, headers);
  }

  async function answerFaults(request: IncomingMessage, response: ServerResponse) {
    if (request.method === "DELETE") {
      faults.clear();
    } else if (request.method === "POST") {
      const fault = faultSchema.safeParse(jsonOf(await bodyOf(request)));
      if (!fault.success) {
        return json(response, 422, {
          error: "kind is one of 403 429 500 hang drop bounce complain none",
        });
      }
      faults.set(fault.data);
    }
    json(response, 200, { faults: faults.list() });
  }

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const url = new URL(request.url ?? "/", "http://mailbox.localhost");
    const { pathname: path } = url;
    if (request.method === "POST" && (path === "/emails" || path === "/emails/batch")) {
      return await answerApi(request, response, path);
    }
    if (path === "/api/faults") {
      return await answerFaults(request, response);
    }
    const endpoint = options.publicWebhookUrl ?? options.webhookUrl;
    const account = answerAccount(url, { endpoint, secret, messages: store.messages });
    if (account) {
      const known = request.headers.authorization === `Bearer ${options.apiKey}`;
      return send(response, known ? { status: 200, body: account, accepted: [] } : unauthorized());
    }
    if (request.method !== "GET") {
      return json(response, 405, { error: "method not allowed" });
    }
    answerReading(store, response, path, url.searchParams.get("to") ?? "");
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => {
      if (!response.headersSent) {
        json(response, 500, { error: "the mailbox failed" });
      }
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, options.host ?? "127.0.0.1", resolve);
  });
  for (const event of store.waiting.values()) {
    tellAll([event]).catch(() => {});
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      stop.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answerReading(store: MailStore, response: ServerResponse, path: string, to: string) {
  const id = /^\/(?:api\/)?messages\/([\w-]+)$/.exec(path)?.[1];
  const api = path.startsWith("/api/");
  if (id) {
    const message = store.messages.find((one) => one.id === id);
    if (api) {
      return json(response, message ? 200 : 404, message ?? { error: "no such message" });
    }
    return html(response, message ? 200 : 404, message ? messagePage(message) : notFoundPage());
  }
  const wanted = to.trim().toLowerCase();
  const found = wanted
    ? store.messages.filter((one) => one.to.some((address) => address.toLowerCase() === wanted))
    : store.messages;
  if (path === "/api/messages") {
    return json(response, 200, found);
  }
  if (path === "/") {
    return html(response, 200, listPage(found.slice(-LISTED).reverse(), to));
  }
  return api ? json(response, 404, { error: "not found" }) : html(response, 404, notFoundPage());
}

/** Counts requests by the second; what is left of it, below 0 when too many. */
function rateWindow(): () => number {
  let second = 0;
  let used = 0;
  return () => {
    const now = Math.floor(Date.now() / 1000);
    used = now === second ? used + 1 : 1;
    second = now;
    return RATE_LIMIT - used;
  };
}

const rateHeaders = (remaining: number) => ({
  "ratelimit-limit": String(RATE_LIMIT),
  "ratelimit-remaining": String(Math.max(0, remaining)),
  "ratelimit-reset": "1",
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) {
      throw new Error("the request is too large");
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function send(response: ServerResponse, answer: ApiAnswer, headers: Record<string, string> = {}) {
  json(response, answer.status, answer.body, headers);
}

function json(response: ServerResponse, status: number, body: unknown, headers = {}) {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

function html(response: ServerResponse, status: number, body: string) {
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": PAGE_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
  });
  response.end(body);
}
