import { readFileSync } from "node:fs";
import { sql } from "drizzle-orm";
import { expect } from "vitest";
import { billLineSets, billLines, importBefore } from "@/db/schema";
import { makeCustomer, makeDocument } from "../factories/people";
import { test } from "../setup/database";

const statementsOf = (migration: string) =>
  readFileSync(`db/migrations/${migration}.sql`, "utf8").split("--> statement-breakpoint");

test("R15 lines that were rows are the same lines once they are kept together, also those of a revert", async ({
  world: { db },
}) => {
  const { company, contract, holder } = await makeCustomer(db);
  const of = { companyId: company.id, contractId: contract.id };
  const [one, two] = [
    await makeDocument(db, { ...of, holderId: holder.id }),
    await makeDocument(db, { ...of, holderId: holder.id }),
  ];
  const lines = [
    [one.id, 7, "other", 'Sconto; "bolletta"', null, null, null, -600],
    [one.id, 2, "energy", "Energia", "12.500", "kWh", "0.2500000001", 313],
    [two.id, 1, "taxes", "IVA", null, null, null, 22],
  ] as const;
  await db.transaction(async (tx) => {
    await tx.execute(sql`drop view bill_lines`);
    const table = statementsOf("0003_create_documents_and_dispatches")[0] ?? "";
    expect(table).toContain('CREATE TABLE "bill_lines"');
    await tx.execute(sql.raw(table));
    for (const line of lines) {
      const values = sql.join(
        line.map((value) => sql`${value}`),
        sql`, `,
      );
      await tx.execute(
        sql`insert into bill_lines values (${company.id}, ${contract.id}, ${values})`,
      );
    }
    await tx.execute(sql`alter table import_before disable trigger all`);
    for (const { id } of [one, await makeDocument(tx, { ...of, holderId: holder.id })]) {
      await tx.execute(sql`insert into import_before (import_id, company_id, contract_id, document_id, before)
        select uuidv7(), ${company.id}, ${contract.id}, ${id}, jsonb_build_object('lines', (
          select coalesce(jsonb_agg(to_jsonb(l)), '[]') from bill_lines l where document_id = ${id}))`);
    }
    for (const statement of statementsOf("0057_read_bill_lines_from_their_sets")) {
      await tx.execute(sql.raw(statement));
    }
  });
  const found = await db
    .select()
    .from(billLines)
    .orderBy(billLines.documentId, billLines.lineNumber);
  expect(found.map(({ companyId: _, contractId: __, ...line }) => Object.values(line))).toEqual(
    [lines[1], lines[0], lines[2]].sort((a, b) => (a?.[0] ?? "").localeCompare(b?.[0] ?? "")),
  );
  const kept = await db.select().from(billLineSets);
  const before = await db.select().from(importBefore).orderBy(importBefore.documentId);
  expect(before.map(({ before: was }) => (was as { lines: unknown }).lines)).toEqual([
    kept.find(({ documentId }) => documentId === one.id)?.lines,
    null,
  ]);
});

test("lines of another form are not kept, whoever writes them", async ({ world: { db } }) => {
  const { company, contract, holder } = await makeCustomer(db);
  const of = { companyId: company.id, contractId: contract.id };
  const { id } = await makeDocument(db, { ...of, holderId: holder.id });
  const good = '[1, "energy", "Energia", 12.500, "kWh", 0.2500000001, 313]';
  const keep = (lines: string) =>
    db.transaction((tx) =>
      tx.execute(sql`insert into bill_line_sets (company_id, contract_id, document_id, lines)
        values (${company.id}, ${contract.id}, ${id}, ${lines}::jsonb)`),
    );
  for (const line of [
    "7",
    '{"amount": 313}',
    '[1, "energy", "Energia", null, null, 313]',
    '["1", "energy", "Energia", null, null, null, 313]',
    '[null, "energy", "Energia", null, null, null, 313]',
    '[1, "energy", "Energia", null, null, null, "3,13"]',
    '[1, "energy", "Energia", null, null, null, null]',
  ]) {
    await expect(keep(`[${good}, ${line}]`), line).rejects.toThrow();
    await expect(keep(`[${line}, ${good}]`), line).rejects.toThrow();
  }
  await keep(`[${good}, [2, "taxes", "IVA", null, null, null, -1]]`);
  expect(await db.select().from(billLines).orderBy(billLines.lineNumber)).toMatchObject([
    { quantity: "12.500", unitPriceEur: "0.2500000001", amountCents: 313 },
    { quantity: null, unitPriceEur: null, amountCents: -1 },
  ]);
});
