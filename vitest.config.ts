import path from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    alias: {
      "@": path.resolve(import.meta.dirname),
      // Only Next.js knows this marker; what carries it is tested in the browser.
      "server-only": path.resolve(import.meta.dirname, "tests/setup/server-only.ts"),
    },
  },
  test: {
    include: ["tests/unit/**/*.test.{ts,tsx}", "tests/integration/**/*.test.{ts,tsx}"],
    globalSetup: "tests/setup/global.ts",
    setupFiles: ["tests/setup/each-file.ts"],
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // A zone nobody here lives in: code that means Rome must say so.
    env: { TZ: "Pacific/Chatham" },
  },
});
