import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { imports } from "@/db/schema";
import { photoMegabytes } from "@/lib/consumption/photo/clean-photo";
import { uploadMegabytes } from "@/lib/imports/rules";
import { makeDispatch } from "../factories/dispatches";
import { contractsFile } from "../factories/import-files";
import { makeCompany, makeCustomer } from "../factories/people";
import { type Clone, cloneDatabase } from "../setup/database";
import { type TestMailbox, testMailbox } from "../setup/mailbox";

const ROOT = path.resolve(import.meta.dirname, "../..");
const settings = JSON.parse(readFileSync(path.join(ROOT, "vercel.json"), "utf8")) as {
  regions: string[];
  crons: { path: string; schedule: string }[];
  functions: Record<string, { maxDuration: number }>;
};
const SECRET = "the scheduler's secret the scheduler's secret";
/** What Vercel takes and gives in one piece. */
const BODY_BYTES = 4.5 * 1000 * 1000;

let clone: Clone;
let mailbox: TestMailbox;
let route: typeof import("@/app/api/cron/tick/route");

beforeAll(async () => {
  mailbox = await testMailbox();
  clone = await cloneDatabase();
  Object.assign(process.env, {
    VERCEL: "1",
    DATABASE_URL: clone.webUrl,
    DATABASE_WORKER_URL: clone.workerUrl,
    CRON_SECRET: SECRET,
  });
  route = await import("@/app/api/cron/tick/route");
});
afterAll(async () => {
  const { closeConnections } = await import("@/lib/connections");
  await Promise.all([closeConnections(), mailbox.close()]);
  await clone.drop();
  delete process.env.VERCEL;
});

const tick = () =>
  route.GET(
    new Request("https://bollette.example/api/cron/tick", {
      headers: { authorization: `Bearer ${SECRET}`, "user-agent": "vercel-cron/1.0" },
    }),
  );

/** So many bills that wait to be announced. */
const bills = (count: number) =>
  clone.superuser.db.transaction(async (db) => {
    const company = await makeCompany(db);
    for (let made = 0; made < count; made += 1) {
      await makeDispatch(db, await makeCustomer(db, { company }));
    }
  });

/** The most connections of ours that were open at once until `work` was done. */
async function connectionsDuring<T>(work: Promise<T>): Promise<[number, T]> {
  let most = 0;
  let going = true;
  const watching = (async () => {
    while (going) {
      const [row] = await clone.superuser.db.execute<{ open: number }>(
        sql`select count(*)::int as open from pg_stat_activity
          where datname = current_database() and usename <> current_user`,
      );
      most = Math.max(most, row?.open ?? 0);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const done = await work.finally(() => {
    going = false;
  });
  await watching;
  return [most, done];
}

describe("vercel.json", () => {
  test("calls the tick every minute, in Europe, with the time that the route asks for", () => {
    expect(settings.crons).toEqual([{ path: "/api/cron/tick", schedule: "* * * * *" }]);
    expect(settings.functions["app/api/cron/tick/route.ts"]?.maxDuration).toBe(route.maxDuration);
    // So does the one that reads what was sent to the bucket.
    const upload = "app/[locale]/staff/(desk)/imports/upload/route.ts";
    expect(readFileSync(path.join(ROOT, upload), "utf8")).toContain("maxDuration = 60;");
    expect(settings.functions["app/**/imports/upload/route.ts"]?.maxDuration).toBe(60);
    // Frankfurt, Paris, Dublin, London, Stockholm.
    expect(["fra1", "cdg1", "dub1", "lhr1", "arn1"]).toEqual(
      expect.arrayContaining(settings.regions),
    );
    for (const pattern of Object.keys(settings.functions)) {
      expect(existsSync(path.join(ROOT, pattern.replace(/\/\*\*.*$/, ""))), pattern).toBe(true);
    }
  });

  test("a file that the desk takes, and a photo, fit into what Vercel takes", () => {
    expect(uploadMegabytes() * 1024 * 1024).toBeLessThan(BODY_BYTES);
    expect(photoMegabytes() * 1024 * 1024 + 64 * 1024).toBeLessThan(BODY_BYTES);
  });
});

describe("the tick within a platform's limits", () => {
  test("many bills and a full queue: in time, with few connections, and a short answer", async () => {
    await bills(40);
    await clone.superuser.db.execute(
      sql`select enqueue_job('match_signup', json_build_object('attemptId', uuidv7()))
        from generate_series(1, 50)`,
    );
    const started = Date.now();
    const [open, answer] = await connectionsDuring(tick());
    const text = await answer.text();
    expect([answer.status, JSON.parse(text)]).toEqual([200, { batches: 1, mails: 0 }]);
    expect(text.length).toBeLessThan(BODY_BYTES);
    expect(Date.now() - started).toBeLessThan(route.maxDuration * 1000);
    // Three pools of three, the raw statements' and the queue's own.
    expect(open).toBeLessThanOrEqual(16);
  }, 65_000);

  test("an import is carried out in slices: each tick goes on from the last batch, and its rows are there once", async () => {
    const { runJobsOnce } = await import("@/lib/jobs/worker");
    const { receiveUpload } = await import("@/lib/imports/commands/receive-upload");
    const { putDocument } = await import("@/lib/storage/document-storage");
    const company = await clone.superuser.db.transaction((db) => makeCompany(db));
    const ROWS = 3_000;
    const file = await readFile(
      await contractsFile(
        ...Array.from({ length: ROWS }, (_, at) => ({
          contract_number: `S-${at}`,
          customer_code: String(100_000_000 + at),
        })),
      ),
    );
    const storageKey = `imports/slices/${company.slug}.csv`;
    await putDocument(storageKey, file);
    const importId = await receiveUpload(
      { db: clone.worker.db, actor: { kind: "system", name: "test" } },
      {
        ...{ companyId: company.id, kind: "contracts", options: {}, fileName: "slices.csv" },
        ...{ storageKey, bytes: file.length },
        sha256: createHash("sha256").update(file).digest("hex"),
      },
    );
    const record = async () => {
      const [row] = await clone.superuser.db.select().from(imports).where(eq(imports.id, importId));
      return row;
    };
    const untilBegun = async () => {
      while ((await record())?.state === "received") {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    // The time of imports is up at once: this one stops at its first look, and is asked for again.
    const short = new AbortController();
    const slice = runJobsOnce(short.signal, AbortSignal.abort(new Error("time is up")));
    await untilBegun();
    short.abort();
    await slice;
    expect(await record()).toMatchObject({ state: "checking", applied: 0 });
    // No further job is taken, but the import that was begun goes on to its end.
    const taking = new AbortController();
    const working = runJobsOnce(taking.signal, new AbortController().signal);
    while ((await record())?.rows === 0) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    taking.abort();
    await working;
    expect(await record()).toMatchObject({ state: "done", added: ROWS, applied: ROWS });
    const [counted] = await clone.superuser.db.execute<{ made: number }>(
      sql`select count(*)::int as made from contracts where company_id = ${company.id}`,
    );
    expect(counted?.made).toBe(ROWS);
  }, 120_000);

  // It takes most of the minute that it has.
  if (process.env.FULL) {
    test("a provider that never answers does not hold it until the platform ends it", async () => {
      await bills(1);
      await mailbox.fault({ kind: "hang" });
      const started = Date.now();
      expect((await tick()).status).toBe(200);
      expect(Date.now() - started).toBeLessThan(route.maxDuration * 1000);
      await mailbox.fault({ kind: "none" });
    }, 65_000);
  }
});
