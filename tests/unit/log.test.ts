import { spawnSync } from "node:child_process";
import { describe, expect, test, vi } from "vitest";
import { scrubbed, withoutPersons } from "@/lib/log-scrub";
import { requestId } from "@/lib/request-id";

// A process of its own writes the log.
vi.setConfig({ testTimeout: 60_000 });

const SECRETS = [
  "mario.rossi+bollette@posta.example",
  "o'neill@müller.example",
  "mario%40posta.example",
  "RSSMRA85T10A562S",
  "rssmra85t10a562s",
  "RSS MRA 85T10 A562S",
  "ITRSSMRA85T10A562S",
  "01234567897",
  "IT01234567897",
  "IT60X0542811101000000123456",
  "IT60 X054 2811 1010 0000 0123 456",
  "it60x0542811101000000123456",
  "DE89370400440532013000",
  "IT001E12345678",
  "q3J0dGhpcyBpcyBhIHNlY3JldCB0b2tlbiAtIDQzIGNo",
  "spk_q3J0dGhpcyBpcyBhIHNlY3Jl",
  "spc_dGhpcyBpcyBhIHNlY3Jl",
  "re_AbCdEf123456",
  "whsec_c2VjcmV0c2VjcmV0",
  "Bearer abc.def-123",
  "postgres://sportello_web:hunter2secret@10.0.0.5/db",
];
/** What of a secret must be nowhere: all of it, or the password in an address. */
const core = (secret: string) =>
  /:(hunter2secret)@/.exec(secret)?.[1] ?? secret.replace(/^Bearer /, "");

function written(secrets: string[]) {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--import", "tsx", "tests/setup/write-secrets.ts", JSON.stringify(secrets)],
    { encoding: "utf8", env: { PATH: process.env.PATH, LOG_LEVEL: "info" } as never },
  );
  return { stdout, stderr, status };
}

describe("the log", () => {
  test("holds no e-mail, tax id, IBAN, supply code or token that an error brings along", () => {
    const { stdout, stderr, status } = written(SECRETS);
    expect([status, stdout.length > 1_000, stderr.length > 1_000]).toEqual([0, true, true]);
    for (const secret of SECRETS) {
      expect(stdout, secret).not.toContain(core(secret));
      // What the page of errors is made of.
      expect(stderr, secret).not.toContain(core(secret));
    }
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.length).toBeGreaterThanOrEqual(SECRETS.length * 6);
    for (const line of lines) {
      expect(line.request).toBe("0199a1b2-c3d4-7e5f-8a6b-000000000001");
      expect(line.run).toBe("0199a1b2-c3d4-7e5f-8a6b-000000000002");
    }
    expect(lines.some(({ reference }) => reference === "ab12cd34")).toBe(true);
  });

  test("keeps what helps: ids, digests, counts, versions, places in the code", () => {
    for (const kept of [
      '{"level":50,"time":1795819708690,"ms":12345678901,"x":98765432109}',
      '{"batch":"0199a1b2-c3d4-7e5f-8a6b-123456789012"}',
      `{"digest":"${"a1".repeat(32)}"}`,
      '{"err":{"stack":"    at run (/srv/node_modules/@scope/next/dist/server/base-server.js:439:30)"}}',
      '{"msg":"SQLSTATE 23505 of holders_taxId_unique"}',
      '{"run":"2026-12","version":"PostgreSQL 18.4","task":"turn_silent_to_paper"}',
      '{"route":"/[locale]/staff/(desk)/runs/[company]/[run]/reconciliation.csv"}',
    ]) {
      expect(withoutPersons(kept)).toBe(kept);
    }
    expect(scrubbed("a@b.example and 01234567897.")).toBe("[…] and […].");
  });
});

describe("a request's id", () => {
  const given = "0199A1B2C3D47E5F8A6B000000000001";
  const idOf = (header?: string) =>
    requestId({ headers: header ? { "x-request-id": header } : {} });

  test("is made anew where no proxy of one's own stands before us, whatever a browser wrote", () => {
    expect(idOf(given)).toMatch(/^[0-9a-f-]{36}$/);
    expect(idOf(given)).not.toBe(given.toLowerCase());
  });

  test("is the proxy's where there is one, if it has an id's shape", async () => {
    vi.resetModules();
    vi.stubEnv("TRUSTED_PROXY_HOPS", "1");
    const trusting = await import("@/lib/request-id");
    const of = (header: string) => trusting.requestId({ headers: { "x-request-id": header } });
    expect(of(given)).toBe(given.toLowerCase());
    for (const odd of ["mario@posta.example", "RSSMRA85T10A562S", "x".repeat(32), "a\nb"]) {
      expect(of(odd)).toMatch(/^[0-9a-f]{8}-/);
    }
    vi.unstubAllEnvs();
  });
});
