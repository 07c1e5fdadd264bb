import { test } from "vitest";
import { type Fault, passed } from "../faults/fault";
import { cloneDatabase } from "./database";

type Promised = [promise: string, fault: Fault];

/**
 * The quick ways of `npm run faults`, as tests: each has a database of its own, and a seed that is named when it
 * fails. `inFull` are tried by `npm run test:full` and by `npm run faults` alone. `sideBySide` are those that wait
 * more than they work.
 */
export function testFaults(
  always: Promised[],
  inFull: Promised[] = [],
  { sideBySide = false } = {},
): void {
  const promises = process.env.FULL ? [...always, ...inFull] : always;
  const seed = Math.floor(Math.random() * 1e9);
  const testOne = sideBySide ? test.concurrent : test;
  for (const [promise, fault] of promises) {
    testOne(promise, { timeout: 180_000 }, async ({ expect }) => {
      const clone = await cloneDatabase();
      try {
        const row = await fault({ urls: clone, quick: true, seed });
        expect(passed(row), `seed ${seed}: ${JSON.stringify(row)}`).toBe(true);
        expect(row.tries).toBeGreaterThan(0);
      } finally {
        await clone.drop();
      }
    });
  }
}
