import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { accounts, auditLog, deletions } from "@/db/schema";
import { newFolder } from "../factories/import-files";
import { makeCustomer } from "../factories/people";
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

/** What doctor says of deletions. */
async function doctor() {
  const { code, stdout } = await sportello(["doctor"]);
  return { code, lines: stdout.split("\n").filter((line) => / deletions: /.test(line)) };
}

describe("sportello doctor about deletions", () => {
  test("R7 fails while a deleted account is alive, and its option erases it again", async () => {
    const { account } = await clone.superuser.db.transaction((db) => makeCustomer(db));
    expect((await doctor()).lines).toEqual([
      "ok   deletions: no account of the ledger is alive, and none waits to be recorded",
    ]);
    const ledger = path.join(storage, "deletions");
    await mkdir(ledger, { recursive: true });
    await writeFile(
      path.join(ledger, `${account.id}.json`),
      JSON.stringify({ accountId: account.id, deletedAt: "2026-11-01T09:00:00Z" }),
    );
    expect(await doctor()).toEqual({
      code: 1,
      lines: [
        'fail deletions: alive although deleted: 1 account; the database was restored from a backup: run "sportello restore reconcile"',
      ],
    });
    const replayed = await sportello(["doctor", "--replay-deletions"]);
    expect([replayed.code, replayed.stdout, replayed.stderr]).toEqual([
      0,
      "Deleted accounts erased again: 1\n",
      "",
    ]);
    const [erased] = await clone.superuser.db
      .select()
      .from(accounts)
      .where(eq(accounts.id, account.id));
    expect(erased?.deletedAt).not.toBeNull();
    const again = await sportello(["doctor", "--replay-deletions", "--json"]);
    expect(JSON.parse(again.stdout)).toEqual({ ok: true, replayed: 0 });
    const audited = await clone.superuser.db
      .select()
      .from(auditLog)
      .where(eq(auditLog.action, "replayed_deletion"));
    expect(audited).toMatchObject([{ actorId: expect.stringMatching(/^command line/) }]);
    expect((await doctor()).lines[0]).toMatch(/^ok /);
  });

  test("R7 warns of deletions that nobody writes down for ten minutes", async () => {
    const { account } = await clone.superuser.db.transaction((db) => makeCustomer(db));
    await clone.superuser.db.insert(deletions).values({
      accountId: account.id,
      deletedAt: sql`clock_timestamp() - interval '11 minutes'`,
    });
    expect((await doctor()).lines).toEqual([
      'warn deletions: not in the ledger for 10 minutes and more: 1 deletion; is "npm run worker" running, and can it write to STORAGE_URL?',
    ]);
    expect(await readdir(path.join(storage, "deletions"))).toHaveLength(1);
  });
});
