import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Connection, connect } from "@/db/client";
import { inTransaction } from "@/lib/auth/context";
import { listCompanies } from "@/lib/companies/queries";
import { listContracts } from "@/lib/contracts/queries/contracts";
import { importContracts } from "@/lib/imports/commands/import-contracts";
import { makeDispatch } from "../factories/dispatches";
import { contractsFile } from "../factories/import-files";
import { makeCompany, makeCustomer } from "../factories/people";
import { type Clone, cloneDatabase } from "../setup/database";
import { type TestMailbox, testMailbox } from "../setup/mailbox";
import { findPgBouncer, type Pooler, startPgBouncer } from "../setup/pgbouncer";

const SECRET = "the scheduler's secret the scheduler's secret";
const known = findPgBouncer();
const title = known
  ? `through PgBouncer ${known.version} in transaction mode${known.prepares ? "" : ", without prepared statements"}`
  : "skipped: no PgBouncer here; Debian's package pgbouncer brings one, SPORTELLO_PGBOUNCER names another";

let clone: Clone;
let mailbox: TestMailbox;
let pooler: Pooler;
let web: Connection;
let worker: Connection;

describe.skipIf(!known)(title, () => {
  beforeAll(async () => {
    mailbox = await testMailbox();
    clone = await cloneDatabase();
    if (known) {
      pooler = await startPgBouncer(known, [clone.webUrl, clone.workerUrl]);
    }
    Object.assign(process.env, {
      VERCEL: "1",
      CRON_SECRET: SECRET,
      DATABASE_URL: pooler.through(clone.webUrl),
      DATABASE_WORKER_URL: pooler.through(clone.workerUrl),
    });
    web = connect(pooler.through(clone.webUrl), { max: 6, prepare: true });
    worker = connect(pooler.through(clone.workerUrl), { max: 6 });
  });
  afterAll(async () => {
    delete process.env.VERCEL;
    const { closeConnections } = await import("@/lib/connections");
    await Promise.all([closeConnections(), web?.close(), worker?.close(), mailbox?.close()]);
    await pooler?.stop();
    await clone?.drop();
  });

  test("R28 many requests share two connections: each sees its own rows, with statements that are prepared", async () => {
    const customers = await clone.superuser.db.transaction(async (db) => {
      const made = [];
      for (let count = 0; count < 8; count += 1) {
        made.push(await makeCustomer(db));
      }
      return made;
    });
    await Promise.all(
      customers.map(async ({ actor, contract }) => {
        for (let times = 0; times < 20; times += 1) {
          const seen = await listContracts({ db: web.db, actor });
          expect(seen.map(({ contractNumber }) => contractNumber)).toEqual([
            contract.contractNumber,
          ]);
        }
      }),
    );
    expect((await listCompanies(web.db)).length).toBeGreaterThan(0);
  });

  test("what a transaction set for itself is gone with it", async () => {
    const actor = { kind: "system", name: "test" } as const;
    await inTransaction({ db: worker.db, actor }, ({ db }) =>
      db.execute(
        sql`select set_config('work_mem', '77MB', true), set_config('app.actor', 'x', true)`,
      ),
    );
    const left = await Promise.all(
      Array.from(
        { length: 6 },
        () =>
          worker.sql`select current_setting('work_mem') = '77MB' or
          coalesce(current_setting('app.actor', true), '') = 'x' as left`,
      ),
    );
    expect(left.flat().some((row) => row.left)).toBe(false);
  });

  test("imports of a kind wait for each other, also through the pooler, and leave no lock behind", async () => {
    const company = await clone.superuser.db.transaction((db) => makeCompany(db));
    const ctx = { db: worker.db, actor: { kind: "system", name: "test" } } as const;
    const files = await Promise.all(
      ["C-1", "C-2"].map((contract_number, at) =>
        contractsFile({ contract_number, customer_code: `90000000${at}` }),
      ),
    );
    const outcomes = await Promise.all(
      files.map((file) => importContracts(ctx, { company: company.slug, file })),
    );
    expect(outcomes.map(({ added }) => added)).toEqual([1, 1]);
    const locks = await clone.superuser.db.execute(
      sql`select from pg_locks where locktype = 'advisory'
        and database = (select oid from pg_database where datname = current_database())`,
    );
    expect(locks).toHaveLength(0);
  });

  test("R17 the tick works queue and mails through it, each mail once", async () => {
    const { GET } = await import("@/app/api/cron/tick/route");
    const customers = await clone.superuser.db.transaction(async (db) => {
      const company = await makeCompany(db);
      const made = [];
      for (let count = 0; count < 130; count += 1) {
        const customer = await makeCustomer(db, { company });
        await makeDispatch(db, customer);
        made.push(customer);
      }
      return made;
    });
    await clone.superuser.db.execute(
      sql`select enqueue_job('match_signup', json_build_object('attemptId', uuidv7()))
        from generate_series(1, 20)`,
    );
    const tick = () =>
      GET(
        new Request("https://bollette.example/api/cron/tick", {
          headers: { authorization: `Bearer ${SECRET}` },
        }),
      );
    const answers = await Promise.all([tick(), tick()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const all = await mailbox.messages();
    for (const { account } of customers) {
      expect(all.filter(({ to }) => to.includes(account.email))).toHaveLength(1);
    }
    const jobs = await clone.superuser.db.execute(sql`select from graphile_worker.jobs`);
    expect(jobs).toHaveLength(0);
  }, 120_000);
});
