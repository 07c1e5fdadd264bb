import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { Resend } from "resend";
import { afterEach, describe, expect, test } from "vitest";
import { type Provider, startProvider } from "../provider/server";
import type { Settings } from "../provider/settings";

/** What the faults are measured with must itself be as facts.md, section 3, has the provider. */
const HOUR = 3600_000;

let provider: Provider;
const start = async (over: Partial<Settings> = {}) => {
  provider = await startProvider(over);
  return provider;
};
afterEach(async () => {
  await provider.close();
});

const mail = (to = "nome@posta.example", over: object = {}) => ({
  from: "Luce <a@luce.example>",
  to: [to],
  subject: "Bolletta",
  text: "Ciao",
  tags: [{ name: "dispatch", value: "d1" }],
  ...over,
});

async function post(body: unknown, headers: Record<string, string> = {}, path = "/emails/batch") {
  const answer = await fetch(`${provider.url}${path}`, {
    method: "POST",
    headers: { authorization: "Bearer re_faults", ...headers },
    body: JSON.stringify(body),
  });
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

const PERMISSIVE = { "x-batch-validation": "permissive" };

describe("the provider for tests: keys", () => {
  test("one key and one body are taken once, and answered alike for 24 hours of its clock", async () => {
    await start();
    const key = { "idempotency-key": "k1" };
    const first = await post([mail()], key);
    provider.clock.advance(23.9 * HOUR);
    expect((await post([mail()], key)).body).toEqual(first.body);
    expect([provider.ledger.count, provider.counts.repeated]).toEqual([1, 1]);
    provider.clock.advance(0.2 * HOUR);
    const later = await post([mail()], key);
    expect(later.body).not.toEqual(first.body);
    expect(provider.ledger.count).toBe(2);
    expect(provider.ledger.times.get("d1")).toBe(2);
  });

  test("the same key with another body is a 409, and nothing is taken", async () => {
    await start();
    await post([mail()], { "idempotency-key": "k1" });
    const other = await post([mail("altra@posta.example")], { "idempotency-key": "k1" });
    expect([other.status, other.body.name]).toEqual([409, "invalid_idempotent_request"]);
    expect(provider.ledger.count).toBe(1);
  });

  test("the same key while the first request is worked on is a 409 of its own", async () => {
    await start({ latencyMs: 300 });
    const [first, second] = await Promise.all([
      post([mail()], { "idempotency-key": "k1" }),
      new Promise((resolve) => setTimeout(resolve, 50)).then(() =>
        post([mail()], { "idempotency-key": "k1" }),
      ),
    ]);
    expect(first.status).toBe(200);
    expect([second.status, second.body.name]).toEqual([409, "concurrent_idempotent_requests"]);
    expect(provider.ledger.count).toBe(1);
  });

  test("a refused request leaves its key free", async () => {
    await start();
    const key = { "idempotency-key": "k1" };
    expect((await post([mail("nobody")], key)).status).toBe(422);
    expect((await post([mail()], key)).status).toBe(200);
  });
});

describe("the provider for tests: batches", () => {
  test("strict ones fail as a whole on one bad address, permissive ones say which", async () => {
    await start();
    const batch = [mail(), mail("nobody at nowhere"), mail("altra@posta.example")];
    expect((await post(batch)).status).toBe(422);
    expect(provider.ledger.count).toBe(0);
    const answer = await post(batch, PERMISSIVE);
    expect(answer.status).toBe(200);
    expect(answer.body.data).toHaveLength(2);
    expect(answer.body.errors).toEqual([{ index: 1, message: expect.stringMatching(/`to`/) }]);
    expect(provider.ledger.all().map(({ to }) => to)).toEqual([
      "nome@posta.example",
      "altra@posta.example",
    ]);
  });

  test("of more than a hundred, of none, or with an attachment are refused", async () => {
    await start();
    expect((await post(Array.from({ length: 101 }, () => mail()))).status).toBe(422);
    expect((await post([])).status).toBe(422);
    expect((await post([mail("a@b.example", { attachments: [] })])).status).toBe(422);
    expect((await post([mail("a@b.example", { tags: [{ name: "é", value: "x" }] })])).status).toBe(
      422,
    );
    expect((await post(Array.from({ length: 100 }, () => mail()))).status).toBe(200);
  });
});

describe("the provider for tests: limits", () => {
  test("says its rate on each answer, and refuses what is too much with a pause", async () => {
    await start({ perSecond: 5 });
    const answers = [];
    for (let request = 0; request < 12; request += 1) {
      answers.push(await post([mail()]));
    }
    const taken = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ status }) => status === 429);
    expect(taken[0]?.headers.get("ratelimit-limit")).toBe("5");
    expect(taken[0]?.headers.get("ratelimit-remaining")).toMatch(/^\d$/);
    expect(taken[0]?.headers.get("ratelimit-reset")).toBe("1");
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.headers.get("retry-after")).toBe("1");
    expect(refused[0]?.body.name).toBe("rate_limit_exceeded");
    expect(provider.ledger.count).toBe(taken.length);
  });

  test("a used-up quota is a 429 by another name, a wrong key a 401", async () => {
    await start({ quota: 2 });
    expect((await post([mail(), mail()])).status).toBe(200);
    const over = await post([mail()]);
    expect([over.status, over.body.name]).toEqual([429, "daily_quota_exceeded"]);
    const stranger = await post([mail()], { authorization: "Bearer re_other" });
    expect([stranger.status, stranger.body.name]).toEqual([401, "invalid_api_key"]);
  });
});

describe("the provider for tests: broken answers", () => {
  const once = (kind: Settings["faults"][number]["kind"]) =>
    start({ faults: [{ kind, count: 1 }] });

  test.each([
    ["reset-after", 1],
    ["reset-before", 0],
    ["truncated", 1],
    ["broken", 1],
  ] as const)("%s: no answer that can be read, and %i taken", async (kind, taken) => {
    await once(kind);
    await expect(post([mail()], { "idempotency-key": "k1" })).rejects.toThrow();
    expect(provider.ledger.count).toBe(taken);
    // The key is remembered if, and only if, the mail was taken.
    await post([mail()], { "idempotency-key": "k1" });
    expect(provider.ledger.count).toBe(1);
  });

  test.each([
    ["hang-after", 1],
    ["hang-before", 0],
  ] as const)("%s: no answer at all, and %i taken", async (kind, taken) => {
    await once(kind);
    const answer = fetch(`${provider.url}/emails`, {
      method: "POST",
      headers: { authorization: "Bearer re_faults" },
      body: JSON.stringify(mail()),
      signal: AbortSignal.timeout(300),
    });
    await expect(answer).rejects.toThrow(/timeout/i);
    expect(provider.ledger.count).toBe(taken);
  });

  test("500-after: a failure that has taken everything", async () => {
    await once("500-after");
    expect((await post([mail()])).status).toBe(500);
    expect(provider.ledger.count).toBe(1);
  });
});

describe("the provider for tests: webhooks", () => {
  const SECRET = "whsec_dGVzdCBvbmx5IHRlc3Qgb25seSB0ZXN0IG9ubHk=";

  /** What an endpoint of ours would get, and what the SDK makes of each signature. */
  async function told(over: Partial<Settings>, mails: number) {
    const events: { id: string; type: string; valid: boolean; at: number }[] = [];
    const endpoint = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) {
        body += chunk;
      }
      const valid = verified(body, request.headers);
      const { type, created_at } = JSON.parse(body);
      const id = String(request.headers["svix-id"]);
      events.push({ id, type, valid, at: Date.parse(created_at) });
      response.writeHead(valid ? 200 : 401).end();
    });
    await new Promise<void>((resolve) => {
      endpoint.listen(0, "127.0.0.1", resolve);
    });
    const url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/`;
    const telling = {
      ...{ url, secret: SECRET, on: true, doubled: 0, forged: 0, lateMs: 0 },
      ...over.telling,
    };
    await start({ ...over, telling: { ...telling, url } });
    await post(
      Array.from({ length: mails }, (_, n) =>
        mail(`m${n}@posta.example`, { tags: [{ name: "dispatch", value: `d${n}` }] }),
      ),
    );
    await provider.teller.settled();
    endpoint.closeAllConnections();
    await new Promise((resolve) => endpoint.close(resolve));
    return events;
  }

  function verified(payload: string, headers: IncomingHttpHeaders): boolean {
    try {
      new Resend("re_x").webhooks.verify({
        payload,
        headers: {
          id: String(headers["svix-id"]),
          timestamp: String(headers["svix-timestamp"]),
          signature: String(headers["svix-signature"]),
        },
        webhookSecret: SECRET,
      });
      return true;
    } catch {
      return false;
    }
  }

  const telling = { url: null, secret: SECRET, on: true, doubled: 0, forged: 0, lateMs: 0 };

  test("are signed as the SDK verifies them, twice under one id, late and in no order", async () => {
    const events = await told({ telling: { ...telling, doubled: 1, lateMs: 60 } }, 20);
    expect(events).toHaveLength(80);
    expect(events.every(({ valid }) => valid)).toBe(true);
    expect(new Set(events.map(({ id }) => id)).size).toBe(40);
    const order = events.map(({ at }) => at);
    expect(order).not.toEqual([...order].sort((one, other) => one - other));
  });

  test("a forged one does not verify", async () => {
    const events = await told({ telling: { ...telling, forged: 1 } }, 5);
    expect(events.filter(({ valid }) => !valid)).toHaveLength(10);
    expect(provider.teller.counts).toMatchObject({ told: 10, refusedForged: 10, takenForged: 0 });
  });

  test("tell of bounces, complaints, delays and suppressions by the shares asked for", async () => {
    const fates = { bounced: 0.2, complained: 0.2, delayed: 0.2, suppressed: 0.2 };
    const events = await told({ fates }, 100);
    const count = (type: string) => events.filter((event) => event.type === type).length;
    for (const type of ["bounced", "complained", "delivery_delayed", "suppressed"]) {
      expect(count(`email.${type}`), type).toBeGreaterThan(5);
    }
    // The ledger knows the same last events.
    const bounced = provider.ledger.all().filter(({ lastEvent }) => lastEvent === "bounced");
    expect(bounced).toHaveLength(count("email.bounced"));
  });
});
