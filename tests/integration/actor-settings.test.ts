import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { documents } from "@/db/schema";
import { inTransaction } from "@/lib/auth/context";
import { makeCustomer } from "../factories/people";
import { type Clone, cloneDatabase } from "../setup/database";

let clone: Clone;
beforeAll(async () => {
  clone = await cloneDatabase();
});
afterAll(() => clone.drop());

test("R28 whatever a transaction asks first, in whatever way, is asked for its actor", async () => {
  const { db } = clone.web;
  const members = await clone.superuser.db.transaction(async (tx) => [
    await makeCustomer(tx),
    await makeCustomer(tx),
  ]);
  const named = sql<string>`current_setting('app.account_id', true)`;
  await Promise.all(
    Array.from({ length: 60 }, async (_, at) => {
      const { actor } = members[at % 2] as (typeof members)[number];
      const told = await inTransaction({ db, actor }, async (tx) => {
        const ways = [
          () => tx.db.execute<{ id: string }>(sql`select ${named} as id`),
          () => tx.db.select({ id: named }).from(sql`(select 1) one`),
          () =>
            inTransaction(tx, (inner) => inner.db.select({ id: named }).from(sql`(select 1) one`)),
        ];
        return await (ways[at % 3] as (typeof ways)[number])();
      });
      expect(told.map(({ id }) => id)).toEqual([actor.accountId]);
    }),
  );
});

test("what cannot name its actor carries out nothing", async () => {
  const { actor } = await clone.superuser.db.transaction((tx) => makeCustomer(tx));
  const bad = { ...actor, accountId: "\0" };
  const asked = inTransaction({ db: clone.web.db, actor: bad }, ({ db }) =>
    db.select().from(documents),
  );
  await expect(asked).rejects.toThrow();
});
