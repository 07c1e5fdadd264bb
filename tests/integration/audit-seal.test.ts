import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { sql } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { recordAudit } from "@/lib/audit/commands";
import { anchorAnew, sealAuditLog } from "@/lib/audit/commands/seal-audit-log";
import { auditRows } from "@/lib/audit/queries/audit-rows";
import { verifyAuditLog } from "@/lib/audit/queries/verify-audit-log";
import { inTransaction } from "@/lib/auth/context";
import { type Clone, cloneDatabase } from "../setup/database";

// A storage of this file's own: the anchor is one for the whole database.
const { STORAGE } = vi.hoisted(() => {
  const folder = `${process.env.TMPDIR ?? "/tmp"}/sportello-anchor-${process.pid}`;
  process.env.STORAGE_URL = `file:${folder}`;
  return { STORAGE: folder };
});
const ANCHOR = path.join(STORAGE, "audit/anchor.json");
const SYSTEM = { kind: "system", name: "test" } as const;
const QUICK = { settleMs: 50, patienceMs: 15_000 };

let clone: Clone;
beforeEach(async () => {
  clone = await cloneDatabase();
});
afterEach(async () => {
  await clone.drop();
  await rm(STORAGE, { recursive: true, force: true });
});

const worker = () => ({ db: clone.worker.db, actor: SYSTEM });
const verify = () => verifyAuditLog(worker());
const write = async (...actions: string[]) => {
  for (const action of actions) {
    await inTransaction(worker(), (tx) => recordAudit(tx, { action, subjectKind: "test" }));
  }
};
/** What somebody does who has the whole database. */
const tamper = async (statement: string) => {
  await clone.superuser.db.transaction(async (tx) => {
    await tx.execute(sql.raw("set local session_replication_role = replica"));
    await tx.execute(sql.raw(statement));
  });
};

describe("the sealed audit log", () => {
  test("R30 verifies as long as nobody touches it, across several blocks", async () => {
    await write("one", "two");
    expect(await verify()).toMatchObject({ blocks: 0, unsealed: 2, faults: [] });
    expect(await sealAuditLog(worker(), QUICK)).toBe(1);
    expect(await sealAuditLog(worker(), QUICK)).toBe(0);
    await write("three");
    expect(await sealAuditLog(worker(), QUICK)).toBe(1);
    expect(await verify()).toEqual({ blocks: 2, entries: 3, unsealed: 0, faults: [] });
  });

  test.each([
    ["an altered action", "update audit_log set action = 'nothing' where action = 'two'"],
    [
      "an altered instant",
      "update audit_log set at = at + interval '1 microsecond' where action = 'two'",
    ],
    ["an altered detail", "update audit_log set detail = '{\"x\": 1}' where action = 'three'"],
    ["a removed row", "delete from audit_log where action = 'two'"],
    ["the newest row removed", "delete from audit_log where action = 'four'"],
    [
      "a row inserted under an old id",
      "delete from audit_log where action = 'two'; insert into audit_log (id, actor_kind, action, subject_kind) overriding system value values (2, 'system', 'two', 'test')",
    ],
    [
      "a row inserted before the first",
      "insert into audit_log (id, actor_kind, action, subject_kind) overriding system value values (-5, 'staff', 'forged', 'test')",
    ],
    [
      "a row inserted under an id that is still to come",
      "insert into audit_log (id, actor_kind, action, subject_kind) overriding system value values (4000000000000, 'staff', 'forged', 'test')",
    ],
    [
      "an instant moved before Christ",
      "update audit_log set at = (at::text || ' BC')::timestamptz where action = 'two'",
    ],
    [
      "two rows that changed places",
      "update audit_log set action = case action when 'one' then 'two' else 'one' end where action in ('one', 'two')",
    ],
    ["an altered block", "update audit_blocks set hash = repeat('a', 64) where number = 1"],
    ["a removed block", "delete from audit_blocks where number = 1"],
    [
      "the newest rows removed with their block",
      "delete from audit_log where id > 2; delete from audit_blocks where number = 2",
    ],
    ["everything removed", "delete from audit_log; delete from audit_blocks"],
  ])("R30 finds %s", async (_, statement) => {
    await write("one", "two");
    await sealAuditLog(worker(), QUICK);
    await write("three", "four");
    await sealAuditLog(worker(), QUICK);
    expect((await verify()).faults).toEqual([]);
    for (const one of statement.split("; ")) {
      await tamper(one);
    }
    expect((await verify()).faults.length).toBeGreaterThan(0);
  });

  test("R30 finds a chain that was made anew by the anchor outside the database", async () => {
    await write("one", "two");
    await sealAuditLog(worker(), QUICK);
    const kept = await readFile(ANCHOR);
    await tamper("update audit_log set action = 'nothing' where action = 'two'");
    await tamper("delete from audit_blocks");
    // The worker does not help: it seals no more while the anchor is not in the chain.
    expect(await sealAuditLog(worker(), QUICK)).toBe(0);
    expect(await readFile(ANCHOR)).toEqual(kept);
    await rm(ANCHOR);
    await sealAuditLog(worker(), QUICK);
    await writeFile(ANCHOR, kept);
    expect((await verify()).faults).toEqual([expect.stringContaining("made anew")]);
    await rm(ANCHOR);
    expect((await verify()).faults).toEqual([expect.stringContaining("missing")]);
  });

  test("R30 after a restore of an older database the chain is anchored anew, and that is told", async () => {
    await write("one");
    await sealAuditLog(worker(), QUICK);
    await write("two");
    await sealAuditLog(worker(), QUICK);
    await tamper("delete from audit_log where id > 1");
    await tamper("delete from audit_blocks where number = 2");
    expect((await verify()).faults).toHaveLength(1);
    await anchorAnew(worker());
    expect(await verify()).toMatchObject({ faults: [], unsealed: 1 });
    expect(await sealAuditLog(worker(), QUICK)).toBe(1);
  });

  test("R30 a block of many pages has each row once, in the order of ids", async () => {
    await clone.superuser.db.execute(sql`
      insert into audit_log (actor_kind, action, subject_kind)
      select 'system', 'many', 'test' from generate_series(1, 12000)`);
    expect(await sealAuditLog(worker(), QUICK)).toBe(1);
    expect(await verify()).toEqual({ blocks: 1, entries: 12_000, unsealed: 0, faults: [] });
    const ids: bigint[] = [];
    for await (const { id } of auditRows(clone.worker.db, { after: 0n, upTo: 12_000n })) {
      ids.push(id);
    }
    expect(ids).toEqual(Array.from({ length: 12_000 }, (_, index) => BigInt(index + 1)));
    await tamper("update audit_log set action = 'nothing' where id = 4");
    expect((await verify()).faults).toHaveLength(1);
  });

  test("R30 a lost anchor stays a finding: the worker makes none anew", async () => {
    await write("one");
    await sealAuditLog(worker(), QUICK);
    await write("two");
    await sealAuditLog(worker(), QUICK);
    for (const lose of [() => rm(ANCHOR), () => writeFile(ANCHOR, "")]) {
      await lose();
      await tamper("delete from audit_log where id > 1");
      await tamper("delete from audit_blocks where number = 2");
      expect(await sealAuditLog(worker(), QUICK)).toBe(0);
      expect((await verify()).faults).toEqual([expect.stringContaining("missing")]);
    }
    await anchorAnew(worker());
    expect((await verify()).faults).toEqual([]);
  });

  test("R30 a chain whose blocks are all gone can be anchored anew", async () => {
    await write("one");
    await sealAuditLog(worker(), QUICK);
    await tamper("delete from audit_blocks");
    await anchorAnew(worker());
    expect(await sealAuditLog(worker(), QUICK)).toBe(1);
    expect((await verify()).faults).toEqual([]);
  });

  test("R30 finds a row under an id that was given back, also behind the last row", async () => {
    await write("one");
    const failed = inTransaction(worker(), async (tx) => {
      await recordAudit(tx, { action: "two", subjectKind: "test" });
      throw new Error("taken back");
    });
    await expect(failed).rejects.toThrow("taken back");
    await sealAuditLog(worker(), QUICK);
    await tamper(
      "insert into audit_log (id, actor_kind, action, subject_kind) overriding system value values (2, 'staff', 'forged', 'test')",
    );
    expect((await verify()).faults).toEqual([expect.stringContaining("has 2 rows where 1")]);
  });

  test("R30 two sealers at once make one chain", async () => {
    await write("one", "two", "three");
    const added = await Promise.all([1, 2, 3].map(() => sealAuditLog(worker(), QUICK)));
    expect(added.reduce((sum, blocks) => sum + blocks, 0)).toBe(1);
    expect(await verify()).toMatchObject({ blocks: 1, entries: 3, faults: [] });
  });

  test("R30 a row whose transaction ends late is in its block, not lost before it", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let inserted = () => {};
    const begun = new Promise<void>((resolve) => {
      inserted = resolve;
    });
    const late = inTransaction(worker(), async (tx) => {
      await recordAudit(tx, { action: "late", subjectKind: "test" });
      inserted();
      await held;
    });
    await begun;
    await write("early");
    expect(await sealAuditLog(worker(), { settleMs: 50, patienceMs: 300 })).toBe(0);
    const sealing = sealAuditLog(worker(), QUICK);
    release();
    await late;
    expect(await sealing).toBe(1);
    expect(await verify()).toMatchObject({ blocks: 1, entries: 2, faults: [] });
  });

  test("R30 neither the worker nor the web role changes a block", async () => {
    await write("one");
    await sealAuditLog(worker(), QUICK);
    for (const role of ["sportello_worker", "sportello_web"]) {
      for (const change of ["update audit_blocks set hash = ''", "delete from audit_blocks"]) {
        const attempt = clone.superuser.db.transaction(async (tx) => {
          await tx.execute(sql.raw(`set local role ${role}`));
          await tx.execute(sql.raw(change));
        });
        await expect(attempt).rejects.toMatchObject({ cause: { code: "42501" } });
      }
    }
  });
});
