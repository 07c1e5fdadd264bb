import { describe, expect, test } from "vitest";
import { EnvError, parseEnv } from "@/lib/env";

const RIGHT = {
  DATABASE_URL: "postgres://web:secret@127.0.0.1:5432/sportello",
  APP_URL: "https://bollette.example.it/",
  AUTH_SECRET: "a secret that is long enough for anybody",
  RESEND_API_KEY: "re_key",
  RESEND_WEBHOOK_SECRET: "whsec_c2VjcmV0",
  STORAGE_URL: "file:./storage",
};

describe("the environment", () => {
  test("is parsed, with defaults and without the last slash of APP_URL", () => {
    const env = parseEnv({ ...RIGHT, CRON_SECRET: "" });
    expect(env.APP_URL).toBe("https://bollette.example.it");
    expect(env.TRUSTED_PROXY_HOPS).toBe(0);
    expect(env.CRON_SECRET).toBeUndefined();
  });

  test("two webhook secrets are accepted during a rotation", () => {
    const both = "whsec_b2xk,whsec_bmV3";
    expect(parseEnv({ ...RIGHT, RESEND_WEBHOOK_SECRET: both }).RESEND_WEBHOOK_SECRET).toBe(both);
  });

  test("so are two of AUTH_SECRET, each long enough", () => {
    const both = `${"n".repeat(32)},${RIGHT.AUTH_SECRET}`;
    expect(parseEnv({ ...RIGHT, AUTH_SECRET: both }).AUTH_SECRET).toBe(both);
    expect(() => parseEnv({ ...RIGHT, AUTH_SECRET: `${RIGHT.AUTH_SECRET},short` })).toThrow(
      "AUTH_SECRET must have at least 32 characters",
    );
  });

  test.each([
    [{ DATABASE_URL: undefined }, "DATABASE_URL is not set"],
    [{ DATABASE_URL: "mysql://secret@host/x" }, "DATABASE_URL must look like postgres://"],
    [{ APP_URL: "portale.local" }, "APP_URL must be an address"],
    [{ AUTH_SECRET: "xyzzy" }, "AUTH_SECRET must have at least 32 characters"],
    [{ RESEND_WEBHOOK_SECRET: "xyzzy" }, "RESEND_WEBHOOK_SECRET must be one or two secrets"],
    [{ STORAGE_URL: "ftp://xyzzy" }, "STORAGE_URL must begin with file:"],
    [{ STORAGE_URL: "s3://KEY:xyzzy@bucket" }, "STORAGE_URL must name the bucket only"],
    [{ TRUSTED_PROXY_HOPS: "xyzzy" }, "TRUSTED_PROXY_HOPS must be a whole number"],
  ])("a wrong one is named in one line, its value is not: %o", (wrong, sentence) => {
    const parse = () => parseEnv({ ...RIGHT, ...wrong });
    expect(parse).toThrow(EnvError);
    expect(parse).toThrow(sentence);
    for (const value of Object.values(wrong)) {
      expect(parse).not.toThrow(value ?? "undefined");
    }
  });
});
