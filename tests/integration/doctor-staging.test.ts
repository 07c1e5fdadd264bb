import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkStaging } from "@/lib/cli/doctor/database";
import { type Clone, cloneDatabase } from "../setup/database";

let clone: Clone;

beforeAll(async () => {
  clone = await cloneDatabase();
});
afterAll(async () => {
  await clone.drop();
});

test("doctor asks whether imports may make the tables that they stage files in", async () => {
  // They need no temporary ones.
  const [{ name } = { name: "" }] = await clone.superuser.sql`select current_database() as name`;
  await clone.superuser.sql.unsafe(`revoke temporary on database "${name}" from public`);
  expect(await checkStaging(clone.worker.sql)).toMatchObject({ name: "imports", status: "ok" });
  await clone.superuser.db.execute(sql`revoke create on schema staging from sportello_worker`);
  expect(await checkStaging(clone.worker.sql)).toMatchObject({
    status: "fail",
    message: expect.stringContaining("GRANT USAGE, CREATE ON SCHEMA staging"),
  });
});
