import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { sql } from "drizzle-orm";
import { expect } from "vitest";
import { eInvoicesKind } from "@/lib/imports/commands/import-e-invoices";
import { matchInvoices } from "@/lib/imports/commands/match-e-invoices";
import { takeOver } from "@/lib/imports/commands/take-over";
import { eInvoice } from "../factories/e-invoices";
import { makeCustomer } from "../factories/people";
import { test } from "../setup/database";

interface Step {
  "Actual Rows": number;
  "Actual Loops": number;
  Plans?: Step[];
}

/** The most rows that a step of a plan gave. */
const mostOf = (step: Step): number =>
  Math.max(step["Actual Rows"] * step["Actual Loops"], ...(step.Plans ?? []).map(mostOf));

test("the customer code of hundreds of contracts is not looked up in each of them for every invoice", async ({
  world,
}) => {
  const { company, contract } = await makeCustomer(world.db, {
    contract: { contractNumber: "C-1", customerCode: "K-1" },
  });
  await world.db.execute(sql`insert into contracts select (jsonb_populate_record(c, jsonb_build_object(
      'id', uuidv7(), 'contract_number', 'M-' || n, 'supply_point', 'M' || n))).*
    from contracts c, generate_series(1, 300) n where c.id = ${contract.id}`);
  await world.db.execute(sql`analyze contracts`);
  const bodies = Array.from({ length: 300 }, (_, at) => ({
    number: `N-${at}`,
    data: [["COD CLI", "K-1"]] as [string, string][],
  }));
  const file = path.join(await mkdtemp(path.join(tmpdir(), "sportello-invoices-")), "all.xml");
  await writeFile(file, eInvoice({ taxId: null, bodies }));
  const kind = eInvoicesKind();
  let most = 0;
  const explained: typeof kind = {
    ...kind,
    async check(tx, source, staging) {
      const [row] = await tx.db.execute<{ "QUERY PLAN": { Plan: Step }[] }>(
        sql`explain (analyze, format json) ${matchInvoices(source.company, staging.table)}`,
      );
      most = Math.max(...(row?.["QUERY PLAN"] ?? []).map(({ Plan }) => mostOf(Plan)));
      await kind.check(tx, source, staging);
    },
  };
  const input = { company: company.slug, file, target: { kind: "archive" } as const };
  await world.worker((ctx) => takeOver(ctx, explained, input));
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThan(2_000);
});
