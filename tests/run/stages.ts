import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";

/** How many tests of a stage passed, failed and were skipped. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

export const sum = (one: Counts, other: Counts): Counts => ({
  passed: one.passed + other.passed,
  failed: one.failed + other.failed,
  skipped: one.skipped + other.skipped,
});

/** Runs a program with our terminal; resolves to its exit code. */
export function exitCode(
  command: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: "inherit", env: { ...process.env, ...env } });
    child.on("error", () => resolve(127));
    child.on("close", (code) => resolve(code ?? 1));
  });
}

/** A stage without a reporter of its own counts as one test. */
export async function single(command: string, args: string[]): Promise<Counts> {
  const failed = (await exitCode(command, args)) === 0 ? 0 : 1;
  return { passed: 1 - failed, failed, skipped: 0 };
}

/** Runs vitest; what it did not report, because it died, counts as one failure. */
export async function vitest(
  name: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<Counts> {
  const file = `test-results/${name}.json`;
  rmSync(file, { force: true });
  const code = await exitCode(
    "node_modules/.bin/vitest",
    ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`, ...args],
    env,
  );
  if (!existsSync(file)) {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const report = JSON.parse(readFileSync(file, "utf8")) as {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
    numTodoTests: number;
  };
  return {
    passed: report.numPassedTests,
    failed: Math.max(report.numFailedTests, code === 0 ? 0 : 1),
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** Runs Playwright against a demo that is up already. */
export async function playwright(env: Record<string, string>, args: string[]): Promise<Counts> {
  const file = "test-results/playwright.json";
  rmSync(file, { force: true });
  const code = await exitCode("node_modules/.bin/playwright", ["test", ...args], env);
  if (!existsSync(file)) {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const { stats } = JSON.parse(readFileSync(file, "utf8")) as {
    stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  };
  return {
    passed: stats.expected,
    failed: Math.max(stats.unexpected + stats.flaky, code === 0 ? 0 : 1),
    skipped: stats.skipped,
  };
}
