import path from "node:path";
import { defineConfig } from "vitest/config";

/** The demo itself, started and stopped as its users do; run by tests/run.ts: two files at a time, each its tests in their order. */
export default defineConfig({
  resolve: { alias: { "@": path.resolve(import.meta.dirname) } },
  test: {
    include: ["tests/demo/**/*.test.ts"],
    // Longer waits than work: leases, starts and stops.
    maxWorkers: 2,
    testTimeout: 240_000,
    hookTimeout: 60_000,
    // Each test goes on where the one before it ended.
    bail: 1,
  },
});
