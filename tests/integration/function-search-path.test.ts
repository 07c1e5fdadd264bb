import { sql } from "drizzle-orm";
import { expect } from "vitest";
import { inTransaction } from "@/lib/auth/context";
import { makeStaff } from "../factories/people";
import { test } from "../setup/database";

test("R28 functions with their owner's rights look for temporary tables last", async ({
  world,
}) => {
  const functions = await world.db.execute<{ name: string; path: string | null }>(sql`
    select oid::regprocedure::text as name,
      (select setting from unnest(proconfig) setting where setting like 'search_path=%') as path
    from pg_proc where pronamespace = 'public'::regnamespace and prosecdef`);
  expect(functions.length).toBeGreaterThan(30);
  expect(functions.filter(({ path }) => !path?.endsWith(", pg_temp"))).toEqual([]);
});

test("R28 a temporary table takes no table's place in them", async ({ world }) => {
  const support = await makeStaff(world.db, "support");
  const role = await world.web(support, async (ctx) => {
    await ctx.db.execute(sql`create temporary table staff on commit drop as
      select ${support.staffId}::uuid as id, 'admin' as role, null::timestamptz as disabled_at`);
    await ctx.db.execute(sql`grant select on pg_temp.staff to public`);
    return await inTransaction(ctx, async ({ db }) => {
      const [found] = await db.execute<{ role: string }>(sql`select app_staff_role() as role`);
      return found?.role;
    });
  });
  expect(role).toBe("support");
});
