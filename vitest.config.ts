import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { defineConfig } from "vitest/config";

/**
 * What replaces modules, changes the platform, or sets what the program reads once and keeps: such a file is run in a
 * process of its own.
 */
const CHANGES_THE_PROGRAM =
  /\bvi\.(mock|doMock|resetModules|stub)|Object\.assign\(process\.env|process\.env(\.\w+|\[[^\]]+\]) \??\??= |closeConnections|from "\.\/(api|customer)-server"|setup\/mailbox"|\bguardRequests\(/;

const files = ["tests/unit", "tests/integration"].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.test\.tsx?$/.test(name))
    .map((name) => path.join(folder, name)),
);
const apart = files.filter((file) => CHANGES_THE_PROGRAM.test(readFileSync(file, "utf8")));
const together = files.filter((file) => !apart.includes(file));

const shared = {
  resolve: {
    alias: {
      "@": path.resolve(import.meta.dirname),
      // Only Next.js knows this marker; what carries it is tested in the browser.
      "server-only": path.resolve(import.meta.dirname, "tests/setup/server-only.ts"),
    },
  },
};
const test = {
  setupFiles: ["tests/setup/each-file.ts"],
  testTimeout: 20_000,
  hookTimeout: 60_000,
  maxConcurrency: 3,
  // A zone nobody here lives in: code that means Rome must say so.
  env: { TZ: "Pacific/Chatham" },
};

export default defineConfig({
  ...shared,
  test: {
    globalSetup: "tests/setup/global.ts",
    maxWorkers: 2,
    projects: [
      // Loading modules takes longer than most files' tests: these find them as the file before left them.
      { ...shared, test: { ...test, name: "together", include: together, isolate: false } },
      { ...shared, test: { ...test, name: "apart", include: apart } },
    ],
  },
});
