import path from "node:path";
import { defineConfig } from "vitest/config";

/** The demo itself, started and stopped as its users do; run by tests/run.ts, one test at a time. */
export default defineConfig({
  resolve: { alias: { "@": path.resolve(import.meta.dirname) } },
  test: {
    include: ["tests/demo/**/*.test.ts"],
    maxWorkers: 1,
    testTimeout: 240_000,
    hookTimeout: 60_000,
    // Each test goes on where the one before it ended.
    bail: 1,
  },
});
