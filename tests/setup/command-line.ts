import { spawn } from "node:child_process";
import path from "node:path";
import { expect, inject } from "vitest";
import type { Clone } from "./database";

const ROOT = path.resolve(import.meta.dirname, "../..");

export interface Answer {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the command line as a build leaves it, in a process of its own. */
export function commandLine(clone: Clone, storage: string) {
  return async (
    args: string[],
    { env = {}, input = "" }: { env?: Record<string, string>; input?: string } = {},
  ): Promise<Answer> => {
    const child = spawn(process.execPath, [inject("commandLine"), ...args], {
      cwd: ROOT,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        NODE_ENV: "production",
        DATABASE_URL: clone.webUrl,
        DATABASE_WORKER_URL: clone.workerUrl,
        APP_URL: "http://localhost:3000",
        AUTH_SECRET: "only for tests only for tests only for tests",
        RESEND_API_KEY: "re_test",
        // Nobody answers there; Resend itself is not for tests.
        RESEND_BASE_URL: "http://127.0.0.1:1",
        RESEND_WEBHOOK_SECRET: "whsec_dGVzdCBvbmx5IHRlc3Qgb25seSB0ZXN0IG9ubHk=",
        STORAGE_URL: `file:${storage}`,
        ...env,
      },
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.stdin.end(input);
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject).once("close", resolve);
    });
    return { code, stdout, stderr };
  };
}

/** What went wrong, told in one line: no stack, no statement, and a code for scripts. */
export function refused({ code, stdout, stderr }: Answer): string {
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).not.toMatch(/\n {4}at |node:internal|select |insert /);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  return stderr.trimEnd();
}
