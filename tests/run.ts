import { mkdirSync } from "node:fs";
import { findChromium } from "./e2e/chromium";
import { startDemo } from "./run/demo-server";
import { type Counts, exitCode, playwright, single, sum, vitest } from "./run/stages";

const FULL = process.argv.includes("--full");
const TSX = ["--import", "tsx"];
/** The demo's data folder: its first start is one of its tests, and takes a minute. */
const WORLD = ".sportello-test/journey";

/**
 * `npm test`: checks, unit and database tests, the demo's own starts and stops, and the browser's journey through
 * the demo that these leave. The last line counts them all. `--full`, `npm run test:full`, adds all
 * pages in each theme, width and language, the newer journeys with JavaScript too, larger faults, every way
 * of asking for what is not one's own, and ten times as many random histories.
 */
const stages: [string, () => Promise<Counts>][] = [
  ["npm run check", () => single("npm", ["run", "--silent", "check"])],
  ["unit and integration tests", units],
  [
    "start, stop and kill of the demo",
    () =>
      vitest("vitest-demo", ["--config", "vitest.demo.config.ts"], { SPORTELLO_TEST_WORLD: WORLD }),
  ],
  ["browser journey", browser],
];

async function units(): Promise<Counts> {
  // In the gaps that tests leave which wait; if it fails, the demo's tests make it themselves and tell why.
  const build = exitCode("nice", ["-n", "10", process.execPath, ...TSX, "tests/run/make-build.ts"]);
  const counts = await vitest("vitest", [], FULL ? { FULL: "1" } : {});
  await build;
  return counts;
}

async function browser(): Promise<Counts> {
  const chromium = await findChromium();
  const demo = await startDemo(WORLD);
  const env = {
    SPORTELLO_URL: demo.url,
    SPORTELLO_DATA: demo.dataFolder,
    SPORTELLO_BUILD_DIR: ".next-test",
    CHROMIUM_PATH: chromium,
    ...(FULL && { FULL: "1" }),
  };
  const short = FULL ? [] : ["--grep-invert", "every (page|mail|step) in"];
  try {
    // Playwright would leave the second out where a test of the first fails, were it to know their order.
    const beside = await playwright(env, ["--project=customers", "--project=runs", ...short]);
    const alone = await playwright(env, ["--project=alone", ...short]);
    return sum(beside, alone);
  } finally {
    await demo.stop();
  }
}

mkdirSync("test-results", { recursive: true });
let total: Counts = { passed: 0, failed: 0, skipped: 0 };
for (const [name, run] of stages) {
  console.log(`\n== ${name}`);
  const started = performance.now();
  const counts = await run().catch((error: unknown) => {
    console.error(error);
    return { passed: 0, failed: 1, skipped: 0 };
  });
  total = sum(total, counts);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(
    `== ${name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped in ${seconds} s`,
  );
}
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
