import { defineConfig } from "@playwright/test";
import { CHROMIUM_FLAGS } from "./tests/e2e/chromium";

/** tests/run.ts starts the demo these tests talk to, and finds the browser. */
export default defineConfig({
  testDir: "tests/e2e",
  outputDir: "test-results/playwright",
  // Pictures are compared with others of the same run: fonts differ from machine to machine.
  snapshotPathTemplate: "test-results/pages/{arg}{ext}",
  workers: 1,
  timeout: 300_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  reporter: [["list"], ["json", { outputFile: "test-results/playwright.json" }]],
  use: {
    baseURL: process.env.SPORTELLO_URL,
    trace: "retain-on-failure",
    locale: "it-IT",
    timezoneId: "Europe/Rome",
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH,
      args: CHROMIUM_FLAGS,
    },
  },
});
