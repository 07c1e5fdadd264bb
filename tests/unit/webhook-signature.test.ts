import { createHmac } from "node:crypto";
import fc from "fast-check";
import { Resend } from "resend";
import { describe, expect, test } from "vitest";
import { delayAfter } from "@/lib/api/webhooks/rules";
import { newSecret, signedHeaders } from "@/lib/api/webhooks/signature";
import { isPublicAddress, urlFault } from "@/lib/api/webhooks/target";

/** As a receiver verifies: the mail provider's client carries the reference implementation (standardwebhooks). */
const verified = (
  body: string,
  headers: ReturnType<typeof signedHeaders>,
  webhookSecret: string,
) => {
  try {
    return new Resend("re_test").webhooks.verify({
      payload: body,
      headers: {
        id: headers["webhook-id"],
        timestamp: headers["webhook-timestamp"],
        signature: headers["webhook-signature"],
      },
      webhookSecret,
    });
  } catch {
    return null;
  }
};
const now = () => Math.floor(Date.now() / 1000);

describe("signedHeaders", () => {
  test("is the example of Standard Webhooks, byte for byte", () => {
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const message = {
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      timestamp: 1614265330,
      body: '{"test": 2432232314}',
    };
    expect(signedHeaders(message, [secret])).toEqual({
      "webhook-id": message.id,
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    });
  });

  test("what it signs the reference implementation verifies, whatever it is", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.json(), (id, body) => {
        const secret = newSecret();
        const headers = signedHeaders({ id, timestamp: now(), body }, [secret]);
        expect(verified(body, headers, secret)).toEqual(JSON.parse(body));
      }),
      { numRuns: 50 },
    );
  });

  test("nothing else holds: another body, id, time or secret", () => {
    const [secret, body] = [newSecret(), '{"type":"import.done"}'];
    const message = { id: "one", timestamp: now(), body };
    const headers = signedHeaders(message, [secret]);
    expect(verified(body, headers, secret)).not.toBeNull();
    expect(verified(`${body} `, headers, secret)).toBeNull();
    expect(verified(body, { ...headers, "webhook-id": "two" }, secret)).toBeNull();
    const later = String(message.timestamp + 1);
    expect(verified(body, { ...headers, "webhook-timestamp": later }, secret)).toBeNull();
    expect(verified(body, headers, newSecret())).toBeNull();
    const old = signedHeaders({ ...message, timestamp: now() - 600 }, [secret]);
    expect(verified(body, old, secret)).toBeNull();
  });

  test("while a secret is replaced either verifies", () => {
    const [next, last] = [newSecret(), newSecret()];
    const headers = signedHeaders({ id: "one", timestamp: now(), body: "{}" }, [next, last]);
    expect(headers["webhook-signature"].split(" ")).toHaveLength(2);
    for (const secret of [next, last]) {
      expect(verified("{}", headers, secret)).toEqual({});
    }
  });

  test("a secret has 256 bits, and its base64 is the key", () => {
    const secret = newSecret();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const key = Buffer.from(secret.slice(6), "base64");
    expect(key).toHaveLength(32);
    const expected = createHmac("sha256", key).update("a.1.b").digest("base64");
    expect(signedHeaders({ id: "a", timestamp: 1, body: "b" }, [secret])["webhook-signature"]).toBe(
      `v1,${expected}`,
    );
  });
});

test("attempts grow apart over more than 27 hours, and end", () => {
  const delays: number[] = [];
  for (let attempts = 1; ; attempts += 1) {
    const delay = delayAfter(attempts);
    if (delay === null) {
      break;
    }
    delays.push(delay);
  }
  expect(delays).toEqual(delays.toSorted((a, b) => a - b));
  const hours = delays.reduce((sum, one) => sum + one, 0) / 3_600;
  expect(hours).toBeGreaterThan(27);
  expect(hours).toBeLessThan(28);
});

describe("where deliveries go", () => {
  test.each([
    "127.0.0.1",
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::a00:1",
    "fe80::1",
    "fd00::1",
    "ff02::1",
    "2001:db8::1",
    "2002:a00:1::1",
    "2001::1",
    "localhost",
    "",
  ])("%j is no public address", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test.each([
    "8.8.8.8",
    "172.32.0.1",
    "100.128.0.1",
    "2a00:1450:4001:80b::200e",
    "2606:4700::1111",
  ])("%s is one", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  test.each([
    ["https://billing.example.it/events?from=sportello", null],
    ["https://10.0.0.5:8443/", null],
    ["http://127.0.0.1:9000/x", null],
    ["http://billing.example.it/", "https"],
    ["http://127.0.0.1.example.it/", "https"],
    ["http://localhost/", "https"],
    ["ftp://billing.example.it/", "https"],
    ["https://user:secret@billing.example.it/", "password"],
    ["https://billing.example.it/#a", "#"],
    ["billing", "address"],
  ])("%s", (url, fault) => {
    if (fault === null) {
      expect(urlFault(url)).toBeNull();
    } else {
      expect(urlFault(url)).toContain(fault);
      expect(urlFault(url)).not.toContain("secret");
    }
  });
});
