import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeEach, expect, test } from "vitest";
import { connect } from "@/db/client";
import { billLineSets, documents, imports, waitingInvoices } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { RefusalError } from "@/lib/errors";
import { cancelImport } from "@/lib/imports/commands/decide-import";
import { type EInvoiceInput, eInvoicesKind } from "@/lib/imports/commands/import-e-invoices";
import { takeOver } from "@/lib/imports/commands/take-over";
import type { ImportKind } from "@/lib/imports/kind";
import { type BodyParts, eInvoice } from "../factories/e-invoices";
import { pdfOf } from "../factories/import-files";
import { makeCustomer, must } from "../factories/people";
import { type Clone, cloneDatabase } from "../setup/database";

const POD = "IT001E00000042";
const INVOICES = 23;
const BATCH = 5;

let clone: Clone;
let input: EInvoiceInput;

beforeEach(async () => {
  await clone?.drop();
  clone = await cloneDatabase();
  input = await invoices();
});
afterAll(async () => {
  await clone.drop();
});

/** A file of as many invoices, every fourth of which finds no contract. */
async function invoices(
  partsOf: (number: string) => BodyParts = () => ({}),
): Promise<EInvoiceInput> {
  const { company, holder } = await clone.superuser.db.transaction((tx) =>
    makeCustomer(tx, { contract: { supplyPoint: POD } }),
  );
  const bodies = Array.from({ length: INVOICES }, (_, at) => ({
    number: `E-${at}`,
    point: at % 4 === 3 ? "IT001E99999999" : POD,
    ...partsOf(`E-${at}`),
  }));
  const file = path.join(await mkdtemp(path.join(tmpdir(), "sportello-batches-")), "invoices.xml");
  await writeFile(file, eInvoice({ taxId: holder.taxId, bodies }));
  return { company: company.slug, file, target: { kind: "archive" } };
}

const context = () => ({
  db: clone.worker.db,
  actor: { kind: "system", name: "test" } satisfies SystemActor,
});

interface Watched {
  /** The most that were under way at once. */
  most: number;
  underWay: number;
}

/** Small batches, with something done once one is applied and not yet committed. */
function inBatches(
  watched: Watched,
  applied: (nth: number) => Promise<void> = async () => {},
): ImportKind<EInvoiceInput> {
  const kind = eInvoicesKind();
  let batches = 0;
  return {
    ...kind,
    batchRows: BATCH,
    async apply(...of) {
      batches += 1;
      const nth = batches;
      watched.underWay += 1;
      watched.most = Math.max(watched.most, watched.underWay);
      try {
        const keys = await kind.apply(...of);
        await applied(nth);
        return keys;
      } finally {
        watched.underWay -= 1;
      }
    },
  };
}

const nobody = (): Watched => ({ most: 0, underWay: 0 });

const found = async () => {
  const { db } = clone.superuser;
  const [record] = await db.select().from(imports);
  return {
    record: must(record),
    bills: await db.$count(documents),
    sets: await db.$count(billLineSets),
    waiting: await db.$count(waitingInvoices),
  };
};

const firstCommitted = () => expect.poll(async () => (await found()).record.cursor).toBe(BATCH);

const WAITING = Math.floor(INVOICES / 4);
const WHOLE = { bills: INVOICES - WAITING, sets: INVOICES - WAITING, waiting: WAITING };

test("two batches of e-invoices are under way at once, and each is committed after the one before", async () => {
  const watched = nobody();
  const told: number[] = [];
  // The first is the slowest.
  const kind = inBatches(watched, (nth) => sleep(nth === 1 ? 500 : 0));
  const outcome = await takeOver(context(), kind, {
    ...input,
    onProgress: (step, { done }) => step === "applying" && told.push(done),
  });
  expect(outcome).toMatchObject({ rows: INVOICES, added: INVOICES });
  expect(watched).toEqual({ most: 2, underWay: 0 });
  expect(told).toEqual([5, 10, 15, 20, 23]);
  expect(await found()).toMatchObject({
    ...WHOLE,
    record: { state: "done", applied: INVOICES, cursor: INVOICES },
  });
});

test("a batch that fails takes the one after it back, and the import goes on from before both", async () => {
  const watched = nobody();
  let second = () => {};
  const secondApplied = new Promise<void>((resolve) => {
    second = resolve;
  });
  const failing = inBatches(watched, async (nth) => {
    if (nth === 2) {
      second();
    } else {
      await secondApplied;
      throw new Error("the first failed");
    }
  });
  await expect(takeOver(context(), failing, input)).rejects.toThrow("the first failed");
  expect(watched.underWay).toBe(0);
  const [{ open } = { open: -1 }] = await clone.superuser.db.execute<{ open: number }>(
    sql`select count(*)::int as open from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and state like 'idle in transaction%'`,
  );
  expect(open).toBe(0);
  expect(await found()).toMatchObject({
    ...{ bills: 0, sets: 0, waiting: 0 },
    record: { state: "applying", applied: 0, cursor: 0 },
  });
  expect(await takeOver(context(), inBatches(nobody()), input)).toMatchObject({ added: INVOICES });
  expect(await found()).toMatchObject({ ...WHOLE, record: { state: "done" } });
});

test("an import that is cancelled while two batches are under way keeps what was committed, and no more", async () => {
  let cancelled: Promise<unknown> = Promise.resolve();
  const kind = inBatches(nobody(), async (nth) => {
    if (nth === 2) {
      const { record } = await found();
      cancelled = cancelImport(context(), record.id);
    }
    // It waits for the first, and is there before the second.
    await sleep(nth === 1 ? 300 : 1_000);
  });
  await expect(takeOver(context(), kind, input)).rejects.toThrow(RefusalError);
  await cancelled;
  const { record, bills, waiting } = await found();
  expect(record.state).toBe("cancelled");
  expect(bills + waiting).toBe(record.applied);
  expect(record.applied).toBe(record.cursor);
});

test("the file is checked again where somebody else went on with the import meanwhile", async () => {
  let checks = 0;
  const kind = inBatches(nobody(), async (nth) => {
    if (nth === 2) {
      await firstCommitted();
      const { record } = await found();
      await clone.superuser.db
        .update(imports)
        .set({ cursor: record.cursor + 1 })
        .where(eq(imports.id, record.id));
    }
  });
  await takeOver(context(), kind, {
    ...input,
    onProgress(step) {
      checks += step === "checking" ? 1 : 0;
    },
  });
  expect(checks).toBe(2);
  expect(await found()).toMatchObject({ ...WHOLE, record: { state: "done" } });
});

test("who goes on with an import whose lock was lost waits for its batches", async () => {
  const { db } = clone.superuser;
  // Those that wait name their import, and so hold it.
  const matched = await invoices(() => ({ point: POD }));
  const waitsForLock = async () => {
    const [row] = await db.execute<{ waits: number }>(sql`select count(*)::int as waits
      from pg_stat_activity where datname = current_database() and wait_event = 'relation'`);
    return row?.waits;
  };
  let next: Promise<unknown> = Promise.resolve();
  const kind = inBatches(nobody(), async (nth) => {
    if (nth === 2) {
      await firstCommitted();
      await db.execute(sql`select pg_terminate_backend(pid) from pg_locks
        where locktype = 'advisory' and classid = hashtext('import bills')::oid and database = (select oid from pg_database where datname = current_database())`);
      next = takeOver(context(), eInvoicesKind(), matched);
      await expect.poll(waitsForLock).toBe(1);
    }
  });
  await expect(takeOver(context(), kind, matched)).rejects.toThrow();
  expect(await next).toMatchObject({ rows: INVOICES });
  expect(await found()).toMatchObject({ bills: INVOICES, record: { state: "done" } });
});

test("who waits for the second of two batches, and whom the first waits for, holds nobody up for ever", async () => {
  const { db } = clone.superuser;
  await takeOver(context(), eInvoicesKind(), input);
  // Bills that are there get their lines later.
  await db.delete(billLineSets);
  const hold = (number: string) =>
    sql`select from documents where bill_number = ${number} for update`;
  const waitForRows = async () => {
    const [row] = await db.execute<{ wait: number }>(sql`select count(*)::int as wait
      from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
        and wait_event in ('transactionid', 'tuple')`);
    return row?.wait;
  };
  const between = () =>
    db.transaction(async (tx) => {
      await tx.execute(hold("E-0"));
      await tx.execute(hold("E-8"));
    });
  let asked: Promise<unknown> = Promise.resolve();
  const kind = eInvoicesKind();
  let batches = 0;
  const outcome = await takeOver(
    context(),
    {
      ...kind,
      batchRows: BATCH,
      async apply(...of) {
        batches += 1;
        if (batches === 1) {
          await expect.poll(waitForRows, { timeout: 5_000 }).toBe(1);
        } else if (batches === 2) {
          const keys = await kind.apply(...of);
          asked = Promise.allSettled([between()]);
          return keys;
        }
        return await kind.apply(...of);
      },
    },
    input,
  );
  await asked;
  expect(outcome.rows).toBe(INVOICES);
  expect(await found()).toMatchObject(WHOLE);
}, 30_000);

test("of two connections one keeps the import's lock, and one batch follows the other on the second", async () => {
  const few = connect(clone.workerUrl, { max: 2 });
  try {
    const outcome = await takeOver({ ...context(), db: few.db }, inBatches(nobody()), input);
    expect(outcome).toMatchObject({ added: INVOICES });
    expect(await found()).toMatchObject({ ...WHOLE, record: { state: "done" } });
  } finally {
    await few.close();
  }
});

test("invoices with PDFs, and those that are sent alone, are applied one batch after the other", async () => {
  const withPdfs = await invoices((number) => ({ pdf: Buffer.from(pdfOf(`Bolletta ${number}`)) }));
  for (const of of [withPdfs, { ...input, target: { kind: "single" } as const }]) {
    const watched = nobody();
    const kind = inBatches(watched, () => sleep(50));
    expect(await takeOver(context(), kind, of)).toMatchObject({ added: INVOICES });
    expect(watched.most).toBe(1);
  }
});
