import { afterAll, afterEach, expect, inject, vi } from "vitest";
import { askedWithoutKeys } from "./keys/asked";

Object.assign(process.env, {
  DATABASE_URL: "postgres://nobody:nothing@127.0.0.1:1/none",
  APP_URL: "http://localhost:3000",
  AUTH_SECRET: "only for tests only for tests only for tests",
  RESEND_API_KEY: "re_test",
  RESEND_WEBHOOK_SECRET: "whsec_dGVzdCBvbmx5IHRlc3Qgb25seSB0ZXN0IG9ubHk=",
  STORAGE_URL: "file:.sportello-test/storage",
  LOG_LEVEL: "silent",
});

const errors = vi.spyOn(console, "error");
afterEach(() => {
  const seen = errors.mock.calls.map((call) => call.join(" "));
  errors.mockClear();
  expect(seen, "nothing may be written to console.error").toEqual([]);
});

// Whatever a test makes the product ask, its joins carry the keys by which tables are spread.
afterAll(async () => {
  expect(await askedWithoutKeys(inject("columns")), "joins without their keys").toEqual([]);
});
