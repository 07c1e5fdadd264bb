import { afterEach, describe, expect, test } from "vitest";
import { must } from "../factories/people";
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
    const answers: Awaited<ReturnType<typeof post>>[] = [];
    for (let request = 0; request < 12; request += 1) {
      answers.push(await post([mail()]));
    }
    const taken = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ status }) => status === 429);
    const named = ({ headers }: (typeof answers)[number], ...names: string[]) =>
      names.map((name) => headers.get(name));
    for (const answer of taken) {
      expect(named(answer, "ratelimit-limit", "ratelimit-reset")).toEqual(["5", "1"]);
    }
    // It counts down, and begins anew with each second.
    const left = taken.map((answer) => Number(named(answer, "ratelimit-remaining")[0]));
    expect(left[0]).toBe(4);
    for (const [index, number] of left.slice(1).entries()) {
      expect([4, Number(left[index]) - 1]).toContain(number);
    }
    expect(left).toContain(0);
    expect(refused.length).toBeGreaterThan(0);
    const limits = ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "retry-after"];
    expect(named(must(refused[0]), ...limits)).toEqual(["5", "0", "1", "1"]);
    expect(refused[0]?.body.name).toBe("rate_limit_exceeded");
    expect(provider.ledger.count).toBe(taken.length);
  });

  test.each(["daily", "monthly"] as const)(
    "a used-up %s quota is a 429 by another name, asks for no pause, and takes nothing",
    async (quotaSpan) => {
      await start({ quota: 2, quotaSpan });
      expect((await post([mail(), mail()])).status).toBe(200);
      const over = await post([mail()]);
      expect([over.status, over.body.name]).toEqual([429, `${quotaSpan}_quota_exceeded`]);
      expect(over.headers.get("retry-after")).toBeNull();
      expect(provider.ledger.count).toBe(2);
    },
  );

  test("a wrong key is a 401", async () => {
    await start();
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
