import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import postgres from "postgres";
import { describe, expect, inject, test } from "vitest";
import { databaseUrls } from "../setup/urls";

const run = promisify(execFile);
const ROOT = path.resolve(import.meta.dirname, "../..");

interface Answer {
  code: number;
  stdout: string;
  stderr: string;
}

/** Starts one of lib/cli as its user does. */
async function program(
  file: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<Answer> {
  const command = ["node_modules/tsx/dist/cli.mjs", `lib/cli/${file}`, ...args];
  const basics = { PATH: process.env.PATH ?? "", NODE_ENV: "production" as const };
  const options = { cwd: ROOT, env: { ...basics, ...env } };
  return await run(process.execPath, command, options).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
}

describe("sportello migrate", () => {
  test("brings an empty database to this version, and again changes nothing", async () => {
    const server = inject("postgres");
    const name = `bare_${process.pid}_${Date.now()}`;
    const admin = postgres(server.superuserUrl, { max: 1, onnotice: () => {} });
    await admin.unsafe(`create database ${name} owner sportello_owner`);
    try {
      const { ownerUrl, webUrl } = databaseUrls(server, name);
      const env = { DATABASE_URL: webUrl, DATABASE_OWNER_URL: ownerUrl };
      for (const _ of ["first", "again"]) {
        expect(await program("sportello.ts", ["migrate"], env)).toMatchObject({
          code: 0,
          stdout: "The database is of this version.\n",
        });
      }
      const web = postgres(webUrl, { max: 1 });
      expect(await web`select count(*)::int as bills from documents`).toEqual([{ bills: 0 }]);
      await web.end();
    } finally {
      await admin.unsafe(`drop database ${name} with (force)`);
      await admin.end();
    }
  });

  test("without the owner's address, or with a wrong one, it says so in one line", async () => {
    const nowhere = "postgres://sportello:nothing@127.0.0.1:1/none";
    const missing = await program("sportello.ts", ["migrate"], { DATABASE_URL: nowhere });
    expect(missing).toMatchObject({
      code: 1,
      stderr: "DATABASE_OWNER_URL is not set; only the owner can migrate the database.\n",
    });
    const env = { DATABASE_URL: nowhere, DATABASE_OWNER_URL: nowhere };
    expect(await program("sportello.ts", ["migrate"], env)).toMatchObject({
      code: 1,
      stderr: "The database at 127.0.0.1:1/none does not answer; is it running?\n",
    });
  });
});

describe("npm start", () => {
  test("a wrong environment stops it with one line", async () => {
    const answer = await program("start.ts", [], { DATABASE_URL: "mysql://nothing" });
    expect(answer.code).toBe(1);
    expect(answer.stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(answer.stderr).toContain("DATABASE_URL must look like postgres://");
  });
});
