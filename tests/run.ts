import { mkdirSync } from "node:fs";
import { findChromium } from "./e2e/chromium";
import { startDemo } from "./run/demo-server";
import { type Counts, playwright, single, vitest } from "./run/stages";

const FULL = process.argv.includes("--full");

/**
 * `npm test`: checks, unit and database tests, the browser's journey through a running demo, and the
 * demo's own starts and stops. The last line counts them all. `--full`, `npm run test:full`, adds all
 * pages in each theme, width and language, the newer journeys with JavaScript too, and ten times as many random histories.
 */
const stages: [string, () => Promise<Counts>][] = [
  ["npm run check", () => single("npm", ["run", "--silent", "check"])],
  ["unit and integration tests", () => vitest("vitest", [], FULL ? { FULL: "1" } : {})],
  ["browser journey", browser],
  [
    "start, stop and kill of the demo",
    () => vitest("vitest-demo", ["--config", "vitest.demo.config.ts"]),
  ],
];

async function browser(): Promise<Counts> {
  const chromium = await findChromium();
  const demo = await startDemo(".sportello-test/journey", ["--reset"]);
  try {
    return await playwright(
      {
        SPORTELLO_URL: demo.url,
        SPORTELLO_DATA: demo.dataFolder,
        SPORTELLO_BUILD_DIR: ".next-test",
        CHROMIUM_PATH: chromium,
        ...(FULL && { FULL: "1" }),
      },
      FULL ? [] : ["--grep-invert", "every (page|mail|step) in"],
    );
  } finally {
    await demo.stop();
  }
}

mkdirSync("test-results", { recursive: true });
const total: Counts = { passed: 0, failed: 0, skipped: 0 };
for (const [name, run] of stages) {
  console.log(`\n== ${name}`);
  const started = performance.now();
  const counts = await run().catch((error: unknown) => {
    console.error(error);
    return { passed: 0, failed: 1, skipped: 0 };
  });
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(
    `== ${name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped in ${seconds} s`,
  );
}
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
