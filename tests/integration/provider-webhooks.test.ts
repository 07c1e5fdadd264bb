import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { Resend } from "resend";
import { afterEach, describe, expect, test } from "vitest";
import { type Provider, startProvider } from "../provider/server";
import type { Settings, Telling } from "../provider/settings";

const SECRET = "whsec_dGVzdCBvbmx5IHRlc3Qgb25seSB0ZXN0IG9ubHk=";

interface Heard {
  /** The same however often the event is told. */
  id: string;
  type: string;
  to: string;
  /** Whether the SDK takes its signature. */
  valid: boolean;
  at: number;
}

let provider: Provider;
afterEach(async () => {
  await provider.close();
});

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

/** What an endpoint of ours hears of so many mails, in the order in which it hears it. */
async function heardOf(
  mails: number,
  telling: Partial<Telling>,
  over: Partial<Settings> = {},
): Promise<Heard[]> {
  const heard: Heard[] = [];
  const endpoint = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) {
      body += chunk;
    }
    const valid = verified(body, request.headers);
    const { type, data } = JSON.parse(body);
    const id = String(request.headers["svix-id"]);
    heard.push({ id, type, to: data.to[0], valid, at: Date.now() });
    response.writeHead(valid ? 200 : 401).end();
  });
  await new Promise<void>((resolve) => {
    endpoint.listen(0, "127.0.0.1", resolve);
  });
  const url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/`;
  const quiet = { on: true, doubled: 0, forged: 0, lateMs: 0 };
  provider = await startProvider({
    ...over,
    telling: { ...quiet, secret: SECRET, ...telling, url },
  });
  const answer = await fetch(`${provider.url}/emails/batch`, {
    method: "POST",
    headers: { authorization: "Bearer re_faults" },
    body: JSON.stringify(
      Array.from({ length: mails }, (_, n) => ({
        from: "Luce <a@luce.example>",
        to: [`m${n}@posta.example`],
        subject: "Bolletta",
        text: "Ciao",
        tags: [{ name: "dispatch", value: `d${n}` }],
      })),
    ),
  });
  expect(answer.status).toBe(200);
  await provider.teller.settled();
  endpoint.closeAllConnections();
  await new Promise((resolve) => endpoint.close(resolve));
  return heard;
}

const typesFor = (heard: Heard[], to: string) =>
  heard.filter((event) => event.to === to).map(({ type }) => type);

describe("the provider for tests: webhooks", () => {
  test("are signed as the SDK verifies them, and told twice under one id", async () => {
    const heard = await heardOf(20, { doubled: 1 });
    expect(heard.every(({ valid }) => valid)).toBe(true);
    expect([heard.length, new Set(heard.map(({ id }) => id)).size]).toEqual([80, 40]);
  });

  test("come late, and what happened first may come last", async () => {
    const heard = await heardOf(50, { lateMs: 900 });
    const times = heard.map(({ at }) => at);
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(450);
    const inverted = Array.from({ length: 50 }, (_, n) => typesFor(heard, `m${n}@posta.example`));
    expect(inverted.filter(([first]) => first === "email.delivered").length).toBeGreaterThan(4);
  });

  test("a forged one does not verify, and is told beside the true one", async () => {
    const heard = await heardOf(5, { forged: 1 });
    expect(heard.filter(({ valid }) => valid)).toHaveLength(10);
    expect(heard.filter(({ valid }) => !valid)).toHaveLength(10);
    expect(provider.teller.counts).toMatchObject({ told: 10, refusedForged: 10, takenForged: 0 });
  });

  test("an endpoint that was switched off hears nothing", async () => {
    expect(await heardOf(5, { on: false })).toEqual([]);
    expect(provider.teller.counts).toMatchObject({ told: 0, lost: 10 });
  });

  test("tell of bounces, complaints, delays and suppressions by the shares asked for", async () => {
    const fates = { bounced: 0.2, complained: 0.2, delayed: 0.2, suppressed: 0.2 };
    const heard = await heardOf(100, {}, { fates });
    const count = (type: string) => heard.filter((event) => event.type === type).length;
    for (const type of ["bounced", "complained", "delivery_delayed", "suppressed"]) {
      expect(count(`email.${type}`), type).toBeGreaterThan(5);
    }
    // The ledger knows the same last events.
    const bounced = provider.ledger.all().filter(({ lastEvent }) => lastEvent === "bounced");
    expect(bounced).toHaveLength(count("email.bounced"));
  });

  test("tell of a bounce and a complaint by the address, whatever the shares", async () => {
    const fateOf = {
      "m1@posta.example": "bounced",
      "m2@posta.example": "complained",
      "m3@posta.example": "bouncedForNow",
    } as const;
    const heard = await heardOf(5, {}, { fateOf, fates: { suppressed: 1 } });
    const last = provider.ledger.all().map(({ lastEvent }) => lastEvent);
    expect(last).toEqual(["suppressed", "bounced", "complained", "bounced", "suppressed"]);
    expect(typesFor(heard, "m0@posta.example")).toEqual(["email.suppressed"]);
    expect(typesFor(heard, "m1@posta.example").sort()).toEqual(["email.bounced", "email.sent"]);
    expect(typesFor(heard, "m2@posta.example")).toContain("email.complained");
  });
});
