import { defineConfig } from "@playwright/test";
import { CHROMIUM_FLAGS } from "./tests/e2e/chromium";

/**
 * What goes on side by side, each lane one file after the other: nobody's account is used in two of them. The last
 * lane looks at the whole database, and is run by itself.
 */
const LANES = {
  customers: [
    ...["access", "archive", "complaints", "consumption", "contracts-and-staff", "face"],
    ...["keyboard", "pages", "self-reading"],
  ],
  runs: ["journey", "undelivered", "imports", "mails"],
  alone: ["authorisation", "headers", "full/pages"],
};

/** tests/run.ts starts the demo these tests talk to, and finds the browser. */
export default defineConfig({
  testDir: "tests/e2e",
  // Pictures are compared with others of the same run: fonts differ from machine to machine.
  snapshotPathTemplate: "test-results/pages/{arg}{ext}",
  projects: Object.entries(LANES).map(([name, files]) => ({
    name,
    workers: 1,
    testMatch: files.map((file) => `tests/e2e/${file}.spec.ts`),
    outputDir: `test-results/playwright/${name}`,
  })),
  // The full run looks at more than one lane's accounts.
  workers: process.env.FULL ? 1 : 2,
  timeout: 600_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  reporter: [["list"], ["json", { outputFile: "test-results/playwright.json" }]],
  use: {
    baseURL: process.env.SPORTELLO_URL,
    // A film of every step takes a fifth of the processor; the documents tell as much, and one picture of the end.
    trace: { mode: "retain-on-failure", screenshots: false },
    screenshot: "only-on-failure",
    locale: "it-IT",
    timezoneId: "Europe/Rome",
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH,
      args: CHROMIUM_FLAGS,
    },
  },
});
