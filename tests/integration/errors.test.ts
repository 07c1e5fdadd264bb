import { inspect } from "node:util";
import { sql } from "drizzle-orm";
import { expect } from "vitest";
import { inTransaction } from "@/lib/auth/context";
import { makeHolder } from "../factories/people";
import { test } from "../setup/database";

test("a failed statement's error names its constraint and nothing it was asked with", async ({
  world,
}) => {
  const { taxId } = await makeHolder(world.db);
  const error = await world
    .worker((ctx) =>
      inTransaction(ctx, ({ db }) =>
        db.execute(sql`insert into holders (tax_id, name) values (${taxId}, 'Segreta Persona')`),
      ),
    )
    .catch((caught: unknown) => caught);
  const logged = inspect(error, { depth: 5, showHidden: false });
  expect(logged).toContain("holders_taxId_unique");
  expect(logged).not.toContain(taxId);
  expect(logged).not.toContain("Segreta");
});
