import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Connection, connect } from "@/db/client";
import { checkRole } from "@/lib/cli/doctor/database";
import { listBills } from "@/lib/documents/queries/bill-list";
import { makeCustomer, makeDocument } from "../../factories/people";
import { type Clone, cloneDatabase } from "../../setup/database";

let clone: Clone;
let second: Connection;
const name = `web_b_${process.pid}`;

beforeAll(async () => {
  clone = await cloneDatabase();
  await clone.superuser.sql.unsafe(
    `create role ${name} login password 'another' in role sportello_web`,
  );
  const url = new URL(clone.webUrl);
  url.username = name;
  url.password = "another";
  second = connect(url.href, { max: 2 });
});
afterAll(async () => {
  await second.close();
  await clone.superuser.sql.unsafe(`drop role ${name}`);
  await clone.drop();
});

describe("the web role's password while it is changed", () => {
  test("R28 a second login beside the first serves, is bound like it, and satisfies the doctor", async () => {
    const [own, other] = await clone.superuser.db.transaction(async (db) => {
      const made = [await makeCustomer(db), await makeCustomer(db)];
      for (const { company, contract, holder } of made) {
        await makeDocument(db, {
          ...{ companyId: company.id, contractId: contract.id, holderId: holder.id },
        });
      }
      return made;
    });
    for (const { db } of [clone.web, second]) {
      const { bills } = await listBills({ db, actor: own?.actor as never });
      expect(bills).toHaveLength(1);
      // Row-level security, and not the query's scope.
      const [seen] = await db.transaction(async (tx) => {
        await tx.execute(sql`select set_config('app.actor', 'customer', true),
          set_config('app.account_id', ${other?.actor.accountId ?? ""}, true),
          set_config('app.holder_id', ${other?.actor.holderId ?? ""}, true)`);
        return await tx.execute<{ n: number }>(sql`select count(*)::int as n from documents`);
      });
      expect(seen?.n).toBe(1);
    }
    expect(await checkRole(second.sql, "sportello_web")).toMatchObject({ status: "ok" });
    await expect(second.sql`delete from audit_log`).rejects.toThrow(/permission denied/);
  });
});
