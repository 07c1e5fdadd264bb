import { afterEach, beforeEach, expect, test } from "vitest";
import { type Fault, passed } from "../faults/fault";
import { type Clone, cloneDatabase } from "./database";

/** The quick ways of `npm run faults`, as tests: each has a database of its own, and a seed that is named when it fails. */
export function testFaults(promises: [promise: string, fault: Fault][]): void {
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
