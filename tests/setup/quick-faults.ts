import { afterEach, beforeEach, expect, test } from "vitest";
import { type Fault, passed } from "../faults/fault";
import { type Clone, cloneDatabase } from "./database";

type Promised = [promise: string, fault: Fault];

/**
 * The quick ways of `npm run faults`, as tests: each has a database of its own, and a seed that is named when it
 * fails. `inFull` are tried by `npm run test:full` and by `npm run faults` alone.
 */
export function testFaults(always: Promised[], inFull: Promised[] = []): void {
  const promises = process.env.FULL ? [...always, ...inFull] : always;
  const seed = Math.floor(Math.random() * 1e9);
  let clone: Clone;
  beforeEach(async () => {
    clone = await cloneDatabase();
  });
  afterEach(async () => {
    await clone.drop();
  });
  for (const [promise, fault] of promises) {
    test(promise, { timeout: 180_000 }, async () => {
      const row = await fault({ urls: clone, quick: true, seed });
      expect(passed(row), `seed ${seed}: ${JSON.stringify(row)}`).toBe(true);
      expect(row.tries).toBeGreaterThan(0);
    });
  }
}
