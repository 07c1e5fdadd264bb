import { sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import { listBills } from "@/lib/documents/queries/bill-list";
import { makeCustomer, makeDocument } from "../factories/people";
import { test } from "../setup/database";

describe("listBills", () => {
  test("R28 shows one's own published bills and no other customer's", async ({ world }) => {
    const mine = await makeCustomer(world.db);
    const other = await makeCustomer(world.db, { company: mine.company });
    const of = (customer: typeof mine) => ({
      companyId: customer.company.id,
      contractId: customer.contract.id,
      holderId: customer.holder.id,
    });
    const bill = await makeDocument(world.db, of(mine));
    await makeDocument(world.db, { ...of(mine), publishedAt: null });
    await makeDocument(world.db, of(other));
    const { bills } = await world.web(mine.actor, (ctx) => listBills(ctx));
    expect(bills.map(({ id }) => id)).toEqual([bill.id]);
  });

  test("R28 row-level security alone hides another customer's bills", async ({ world }) => {
    const mine = await makeCustomer(world.db);
    const other = await makeCustomer(world.db);
    await makeDocument(world.db, {
      companyId: other.company.id,
      contractId: other.contract.id,
      holderId: other.holder.id,
    });
    const rows = await world.web(mine.actor, async (ctx) => {
      await listBills(ctx);
      return await ctx.db.execute(sql`select id from documents`);
    });
    expect(rows).toHaveLength(0);
  });
});
