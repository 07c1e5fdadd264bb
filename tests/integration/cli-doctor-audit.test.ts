import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { newFolder } from "../factories/import-files";
import { commandLine } from "../setup/command-line";
import { type Clone, cloneDatabase } from "../setup/database";

// Each line of a test starts a process.
vi.setConfig({ testTimeout: 120_000 });

let clone: Clone;
let storage: string;
let sportello: ReturnType<typeof commandLine>;

beforeAll(async () => {
  clone = await cloneDatabase();
  storage = await newFolder();
  sportello = commandLine(clone, storage);
});
afterAll(async () => {
  await clone.drop();
});

test("R30 doctor --verify-audit fails on a finding, in words and as JSON, and warns of old unsealed rows", async () => {
  await clone.superuser.db.execute(sql`
    insert into audit_log (at, actor_kind, action, subject_kind)
    values (clock_timestamp() - interval '20 minutes', 'system', 'one', 'test')`);
  const sound = await sportello(["doctor", "--verify-audit"]);
  expect([sound.code, sound.stderr]).toEqual([0, ""]);
  expect(sound.stdout).toMatch(
    /^ok {3}audit: 0 rows in 0 blocks .*; 1 not sealed yet\nwarn audit: rows of 20 minutes ago/,
  );
  // An anchor that knows a block the database does not have.
  await mkdir(path.join(storage, "audit"), { recursive: true });
  await writeFile(
    path.join(storage, "audit/anchor.json"),
    JSON.stringify({ number: 7, hash: "a".repeat(64), sealedAt: "2026-11-01T09:00:00.000Z" }),
  );
  const broken = await sportello(["doctor", "--verify-audit"]);
  expect(broken.code).toBe(1);
  expect(broken.stdout).toMatch(/^fail audit: The anchor knows block 7 .*Compare with a backup/);
  const machine = await sportello(["doctor", "--verify-audit", "--json"]);
  expect(machine.code).toBe(1);
  expect(JSON.parse(machine.stdout)).toMatchObject({
    ok: false,
    checks: [{ name: "audit", status: "fail" }],
  });
});
