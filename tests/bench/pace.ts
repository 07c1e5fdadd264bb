import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "./server";

/**
 * Asks for a page so many times a second, whether or not earlier answers have come, and measures each
 * from the moment it was due: where the server lets requests wait, that counts. Milliseconds.
 */
export async function steady(
  { url, cookie }: Page,
  requests: number,
  perSecond = 10,
): Promise<{ p95: number }> {
  const everyMs = 1_000 / perSecond;
  const start = performance.now() + everyMs;
  const times = await Promise.all(
    Array.from({ length: requests }, async (_, index) => {
      const due = start + index * everyMs;
      await sleep(Math.max(0, due - performance.now()));
      const answer = await fetch(url, { headers: { cookie }, redirect: "manual" });
      await answer.arrayBuffer();
      if (answer.status !== 200) {
        throw new Error(`${url} answered ${answer.status}`);
      }
      return performance.now() - due;
    }),
  );
  times.sort((a, b) => a - b);
  return { p95: times[Math.ceil(times.length * 0.95) - 1] ?? Number.NaN };
}
