import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Connection, connect } from "@/db/client";
import { rowsInPieces } from "@/db/cursor";
import { DatabaseBusyError } from "@/db/patience";
import { documents, rateLimits } from "@/db/schema";
import { inTransaction } from "@/lib/auth/context";
import { makeCustomer } from "../factories/people";
import { type Clone, cloneDatabase } from "../setup/database";

let clone: Clone;
let prepared: Connection;
beforeAll(async () => {
  clone = await cloneDatabase();
  prepared = connect(clone.webUrl, { prepare: true, transactionSettings: { work_mem: "4MB" } });
});
afterAll(async () => {
  await prepared.close();
  await clone.drop();
});

const member = () => clone.superuser.db.transaction((tx) => makeCustomer(tx));

test("R28 whatever a transaction asks first, in whatever way, is asked for its actor", async () => {
  const members = await Promise.all([member(), member()]);
  const named = sql<string>`current_setting('app.account_id', true)`;
  const asked = async (db: Connection["db"], at: number) => {
    const { actor } = members[at % 2] as (typeof members)[number];
    const told = await inTransaction({ db, actor }, async (tx) => {
      const ways: (() => PromiseLike<{ id: string }[]>)[] = [
        () => tx.db.execute<{ id: string }>(sql`select ${named} as id`),
        () => tx.db.select({ id: named }).from(sql`(select 1) one`),
        () =>
          inTransaction(tx, (inner) => inner.db.select({ id: named }).from(sql`(select 1) one`)),
        async () => {
          const rows = rowsInPieces<{ id: string }>(tx.db, sql`select ${named} as id`);
          return (await rows.next()).value ?? [];
        },
      ];
      return (await ways[at % ways.length]?.()) ?? [];
    });
    expect(told.map(({ id }) => id)).toEqual([actor.accountId]);
  };
  for (const { db } of [clone.web, prepared]) {
    await Promise.all(Array.from({ length: 100 }, (_, at) => asked(db, at)));
  }
});

test("what cannot name its actor carries out nothing, and says why", async () => {
  const { actor } = await member();
  const bad = { ...actor, accountId: "\0" };
  for (const { db } of [clone.web, prepared]) {
    const asked = inTransaction({ db, actor: bad }, async (tx) => {
      await tx.db.insert(rateLimits).values({ key: "unnamed", points: 1 });
    });
    await expect(asked).rejects.toMatchObject({ cause: { code: "22021" } });
    // Also where nobody waits for what was asked.
    const unasked = inTransaction({ db, actor: bad }, async () => "done");
    await expect(unasked).rejects.toMatchObject({ cause: { code: "22021" } });
  }
  expect(await clone.superuser.db.select().from(rateLimits)).toEqual([]);
});

test("whose actor was not named, since time was up just then, gets nothing", async () => {
  const { actor } = await member();
  let asked = 0;
  const patience = { waitMs: () => 60_000, isOver: () => asked++ === 0, failed: () => {} };
  const late = connect(clone.webUrl, { patience: () => patience });
  const read = inTransaction({ db: late.db, actor }, ({ db }) => db.select().from(documents));
  await expect(read).rejects.toMatchObject({ cause: expect.any(DatabaseBusyError) });
  await late.close();
});

test("a value that cannot be sent fails its own statement, and at once", async () => {
  const { actor } = await member();
  const known = () =>
    inTransaction({ db: prepared.db, actor }, ({ db }) => db.execute(sql`select 1`));
  await known();
  for (const value of [undefined, new Date(0)]) {
    const asked = inTransaction({ db: prepared.db, actor }, ({ db }) =>
      db.execute(sql`select ${sql.param(value)}::text as told`),
    );
    await expect(asked).rejects.toThrow();
  }
  await Promise.all(Array.from({ length: 10 }, known));
}, 5_000);
