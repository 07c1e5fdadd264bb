import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { eq, inArray, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect } from "@/db/client";
import { contracts, type IMPORT_KINDS, imports } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { billsKind } from "@/lib/imports/commands/import-bills";
import { CONTRACTS, importContracts } from "@/lib/imports/commands/import-contracts";
import { oneAtATime } from "@/lib/imports/commands/one-at-a-time";
import { receiveUpload } from "@/lib/imports/commands/receive-upload";
import { runUpload } from "@/lib/imports/commands/run-uploads";
import { companyOf, takeOver } from "@/lib/imports/commands/take-over";
import { putDocument, removeDocuments } from "@/lib/storage/document-storage";
import { contractsFile } from "../factories/import-files";
import { makeCompany, must } from "../factories/people";
import { type Clone, cloneDatabase } from "../setup/database";

let clone: Clone;
beforeAll(async () => {
  clone = await cloneDatabase();
});
afterAll(async () => {
  await clone.drop();
});

const context = () => ({
  db: clone.worker.db,
  actor: { kind: "system", name: "test" } satisfies SystemActor,
});

async function newCompany() {
  const { slug } = await clone.superuser.db.transaction((tx) => makeCompany(tx));
  return await companyOf(context(), slug);
}

async function uploaded(
  companyId: number,
  number = "C-1",
  kind: (typeof IMPORT_KINDS)[number] = "contracts",
) {
  const storageKey = `imports/${randomUUID()}/file.csv`;
  await putDocument(storageKey, await readFile(await contractsFile({ contract_number: number })));
  const importId = await receiveUpload(context(), {
    companyId,
    kind,
    options: { target: "archive" },
    fileName: "contracts.csv",
    storageKey,
    bytes: 1,
    sha256: "",
  });
  await nothingAsked();
  return { importId, storageKey };
}

const nothingAsked = () =>
  clone.superuser.db.execute(sql`delete from graphile_worker._private_jobs`);

const asked = async () =>
  (
    await clone.superuser.db.execute<{ key: string }>(
      sql`select key from graphile_worker.jobs where task_identifier = 'run_import'`,
    )
  ).map(({ key }) => key);

const statesOf = async (...ids: string[]) =>
  (
    await clone.superuser.db
      .select({ state: imports.state })
      .from(imports)
      .where(inArray(imports.id, ids))
      .orderBy(imports.id)
  ).map(({ state }) => state);

test("an upload whose turn has not come leaves its worker to other jobs, and is asked for again", async () => {
  const company = await newCompany();
  const { importId: first } = await uploaded(company.id);
  const { importId: second } = await uploaded(company.id, "C-2");
  const lock = { name: "contracts" as const, lockOf: () => 0 };
  await oneAtATime(context(), lock, company, async () => {
    // Nobody waits here for what is under way elsewhere.
    await runUpload(context(), first);
    expect(await statesOf(first, second)).toEqual(["received", "received"]);
  });
  expect(await asked()).toEqual([]);
  await runUpload(context(), first);
  expect(await statesOf(first, second)).toEqual(["done", "received"]);
  expect(await asked()).toEqual([`run-import-${second}`]);
  await runUpload(context(), second);
  expect(await statesOf(first, second)).toEqual(["done", "done"]);
});

test("one worker carries out two uploads at once, and leaves the others to its end", async () => {
  const { id } = await newCompany();
  const { importId: one } = await uploaded(id, "C-1", "choices");
  const { importId: two } = await uploaded(id, "C-1", "bill-lines");
  const { importId: three } = await uploaded(id);
  const { held, release } = await holdRows(one, two);
  const running = [runUpload(context(), one), runUpload(context(), two)];
  await runUpload(context(), three);
  expect(await statesOf(three)).toEqual(["received"]);
  release();
  await Promise.all([held, ...running]);
  expect(await asked()).toContain(`run-import-${three}`);
  await runUpload(context(), three);
  expect(await statesOf(three)).toEqual(["done"]);
});

test("R27 lines of bills, and e-invoices, wait for bills: under another total they would be wrong", async () => {
  const company = await newCompany();
  const { importId: lines } = await uploaded(company.id, "C-1", "bill-lines");
  const { importId: invoices } = await uploaded(company.id, "C-1", "e-invoices");
  await oneAtATime(context(), billsKind(), company, async () => {
    await runUpload(context(), lines);
    await runUpload(context(), invoices);
    expect(await statesOf(lines, invoices)).toEqual(["received", "received"]);
  });
  await runUpload(context(), lines);
  expect(await statesOf(lines)).toEqual(["failed"]);
});

/** Locks imports until `release` is called. */
async function holdRows(...ids: string[]) {
  let release = () => {};
  let lockedNow = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const locked = new Promise<void>((resolve) => {
    lockedNow = resolve;
  });
  const held = clone.superuser.db.transaction(async (tx) => {
    await tx.select().from(imports).where(inArray(imports.id, ids)).for("update");
    lockedNow();
    await released;
  });
  await locked;
  return { held, release };
}

test("an upload whose file is gone fails, and is not asked for for ever", async () => {
  const { importId, storageKey } = await uploaded((await newCompany()).id);
  await removeDocuments([storageKey]);
  await runUpload(context(), importId);
  const [record] = await clone.superuser.db.select().from(imports).where(eq(imports.id, importId));
  expect(must(record)).toMatchObject({ state: "failed" });
  expect(record?.failure).toContain(storageKey);
});

test("an import that loses its lock ends before anybody hears of it: others may be at it by then", async () => {
  const company = await newCompany();
  const name = "import that loses its lock";
  const worker = connect(clone.workerUrl, { name });
  let over = () => {};
  const ended = new Promise<void>((resolve) => {
    over = resolve;
  });
  const losing: typeof CONTRACTS = {
    ...CONTRACTS,
    async *read(source) {
      yield* CONTRACTS.read(source);
      await clone.superuser.db.execute(sql`select pg_terminate_backend(pid) from pg_locks
        join pg_stat_activity using (pid) where locktype = 'advisory' and application_name = ${name}`);
      const { stop } = source.input;
      if (stop && !stop.aborted) {
        await once(stop, "abort");
      }
    },
    async ended() {
      over();
    },
  };
  const input = { company: company.slug, file: await contractsFile({ contract_number: "LOST" }) };
  await expect(takeOver({ ...context(), db: worker.db }, losing, input)).rejects.toThrow();
  await ended;
  const number = eq(contracts.contractNumber, "LOST");
  expect(await clone.superuser.db.$count(contracts, number)).toBe(0);
  expect(await importContracts({ ...context(), db: worker.db }, input)).toMatchObject({ added: 1 });
  await worker.close();
});

test("an import that came to its end is done, though its lock was lost on the way", async () => {
  const company = await newCompany();
  const name = "import whose lock is lost late";
  const worker = connect(clone.workerUrl, { name });
  const done = oneAtATime({ ...context(), db: worker.db }, billsKind(), company, async (lost) => {
    await clone.superuser.db.execute(sql`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = ${name}`);
    if (!lost.aborted) {
      await once(lost, "abort");
    }
    return "done";
  });
  expect(await done).toBe("done");
  await worker.close();
});
