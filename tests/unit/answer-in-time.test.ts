import { EventEmitter } from "node:events";
import { readFile } from "node:fs/promises";
import { type IncomingMessage, ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { answerInTime, answerMs } from "@/lib/answer-in-time";
import { ANSWER_MS, currentPatience } from "@/lib/patience";

/** A form of which a part is here, in hands that never answer; `arrive`: now the rest is, and has been read. */
function begunForm() {
  const request = Object.assign(new EventEmitter(), {
    ...{ url: "/contact", method: "POST", complete: false },
    headers: { "content-length": "2" },
    resume: () => {},
  });
  const response = new ServerResponse(request as unknown as IncomingMessage);
  const { go } = answerInTime(request as unknown as IncomingMessage, response, "0199a1b2");
  go(() => true);
  return {
    response,
    arrive() {
      request.complete = true;
      request.emit("end");
    },
  };
}

/** A page that nothing comes of, and what it may ask of the database. */
function askedPage() {
  const request = Object.assign(new EventEmitter(), {
    ...{ url: "/bills", method: "GET", complete: true, headers: {}, resume: () => {} },
  }) as unknown as IncomingMessage;
  const response = new ServerResponse(request);
  let patience: ReturnType<typeof currentPatience> | undefined;
  answerInTime(request, response, "0199a1b2").go(() => {
    patience = currentPatience();
    return true;
  });
  return { response, patience };
}

describe("how long somebody waits for an answer", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  test("whoever sends slowly waits from the end of what they sent", () => {
    const { response, arrive } = begunForm();
    vi.advanceTimersByTime(8_000);
    arrive();
    vi.advanceTimersByTime(9_000);
    expect(response.headersSent).toBe(false);
    vi.advanceTimersByTime(1_000);
    expect(response.statusCode).toBe(503);
    response.emit("close");
  });

  test("whoever sends at once, from the beginning", () => {
    const { response, arrive } = begunForm();
    vi.advanceTimersByTime(1_500);
    arrive();
    vi.advanceTimersByTime(8_000);
    expect(response.statusCode).toBe(503);
    response.emit("close");
  });

  test("once somebody was told that it took too long, nothing is done for them any more", () => {
    const { response, patience } = askedPage();
    expect(patience?.isOver()).toBe(false);
    vi.advanceTimersByTime(ANSWER_MS + 1);
    expect(response.statusCode).toBe(503);
    expect([patience?.isOver(), patience?.waitMs()]).toEqual([true, 0]);
    response.emit("close");
  });

  test("whoever reads the beginning of an answer already waits for the rest", () => {
    const { response, patience } = askedPage();
    response.writeHead(200);
    response.flushHeaders();
    vi.advanceTimersByTime(ANSWER_MS + 1);
    expect(response.statusCode).toBe(200);
    expect(patience?.isOver()).toBe(false);
    response.emit("close");
  });

  test("a file that the storage has may be read for as long as its route may take", async () => {
    const route = await readFile("app/[locale]/staff/(desk)/imports/upload/route.ts", "utf8");
    const maxDuration = Number(/maxDuration = (\d+);/.exec(route)?.[1]);
    for (const path of ["/staff/imports/upload", "/en/staff/imports/upload"]) {
      expect(answerMs(path)).toBeGreaterThan(50_000);
      expect(answerMs(path)).toBeLessThan(maxDuration * 1_000);
    }
    expect(answerMs("/staff/imports/upload/other")).toBe(ANSWER_MS);
    expect(answerMs("/login")).toBe(ANSWER_MS);
  });
});
