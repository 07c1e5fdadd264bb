import { sql } from "drizzle-orm";
import { createTranslator } from "next-intl";
import { describe, expect } from "vitest";
import { contractLinks, DOCUMENT_KINDS, type documents, PAYMENT_STATUSES } from "@/db/schema";
import { csvLines } from "@/lib/api/data-files";
import { billListFile } from "@/lib/documents/bill-list-file";
import { listBillPdfs } from "@/lib/documents/queries/bill-files";
import { listBills, openArchive } from "@/lib/documents/queries/bill-list";
import { PAYMENT_WORDS, paymentWord } from "@/lib/documents/rules";
import type { BillFilter } from "@/lib/documents/schema";
import { MESSAGES } from "@/lib/i18n/messages";
import { makeDispatch } from "../factories/dispatches";
import { makeContract, makeCustomer, makeDocument } from "../factories/people";
import { test, type World } from "../setup/database";

type Customer = Awaited<ReturnType<typeof makeCustomer>>;

const of = ({ company, contract, holder }: Customer) => ({
  companyId: company.id,
  contractId: contract.id,
  holderId: holder.id,
});

const numbers = async (world: World, { actor }: Customer, filter: BillFilter) => {
  const { bills } = await world.web(actor, (ctx) => listBills(ctx, { filter }));
  return bills.map(({ billNumber }) => billNumber);
};

/** A customer with two contracts and one bill of each sort. */
async function makeArchive(world: World) {
  const { db } = world;
  const customer = await makeCustomer(db);
  const second = await makeContract(db, {
    ...{ companyId: customer.company.id, holderId: customer.holder.id, commodity: "gas" },
  });
  await db.insert(contractLinks).values({
    ...{ companyId: second.companyId, contractId: second.id, accountId: customer.account.id },
  });
  const add = (billNumber: string, over: Partial<typeof documents.$inferInsert>) =>
    makeDocument(db, { ...of(customer), billNumber, ...over });
  await add("A-1", { issueDate: "2024-12-20", periodFrom: "2024-11-01", periodTo: "2025-01-31" });
  await add("A_2", { totalCents: 8_420, paymentStatus: "overdue", storageKey: "1/a.pdf" });
  await add("A-3", { kind: "credit_note", totalCents: -1_200, paymentStatus: "open" });
  await add("A-4", {
    ...{ contractId: second.id, contractNumber: "GAS-9", commodity: "gas", paymentStatus: "paid" },
  });
  await makeDispatch(db, customer, {
    document: { billNumber: "A-5", issueDate: "2026-11-20", storageKey: "1/b.pdf" },
  });
  return { customer, second };
}

describe("listBills", () => {
  test("each filter shows what it names, and all of them together", async ({ world }) => {
    const { customer, second } = await makeArchive(world);
    const shows = async (filter: BillFilter, ...expected: string[]) => {
      const found = await numbers(world, customer, filter);
      expect(found.sort()).toEqual(expected);
    };
    await shows({}, "A-1", "A-3", "A-4", "A-5", "A_2");
    await shows({ year: 2024 }, "A-1");
    await shows({ contract: second.id }, "A-4");
    await shows({ kind: "credit_note" }, "A-3");
    await shows({ state: "overdue" }, "A_2");
    await shows({ state: "in_your_favour" }, "A-3");
    await shows({ way: "electronic" }, "A-5");
    await shows({ way: "paper" });
    await shows({ q: "a_" }, "A_2");
    await shows({ q: "gas-9" }, "A-4");
    await shows({ q: "84,2" }, "A_2");
    await shows({ q: "12" }, "A-3");
    await shows({ q: "dicembre 2024" }, "A-1");
    await shows({ q: "january" }, "A-1");
    await shows({ q: "ottobre" });
    await shows({ q: "%" });
    await shows({ year: 2026, state: "overdue", q: "settembre" }, "A_2");
  });

  test("every payment is found by the word its badge says", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const made: { billNumber: string; word: string }[] = [];
    for (const paymentStatus of PAYMENT_STATUSES) {
      for (const kind of DOCUMENT_KINDS) {
        for (const totalCents of kind === "credit_note" ? [-500, 0] : [0, 500]) {
          const bill = await makeDocument(world.db, {
            ...{ ...of(customer), paymentStatus, kind, totalCents },
          });
          made.push({ billNumber: bill.billNumber, word: paymentWord(bill) });
        }
      }
    }
    for (const state of PAYMENT_WORDS) {
      const expected = made.filter(({ word }) => word === state);
      const found = await numbers(world, customer, { state });
      expect(found.sort()).toEqual(expected.map(({ billNumber }) => billNumber).sort());
    }
  });

  test("pages follow one another by place, there and back, also within one day", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    for (let n = 0; n < 7; n += 1) {
      await makeDocument(world.db, {
        ...of(customer),
        issueDate: n < 4 ? "2026-10-20" : "2026-09-20",
      });
    }
    const page = (asked: Parameters<typeof listBills>[1]) =>
      world.web(customer.actor, (ctx) => listBills(ctx, { limit: 3, ...asked }));
    const all = (await page({ limit: 10 })).bills.map(({ id }) => id);
    const first = await page({});
    expect(first.newer).toBeNull();
    const second = await page({ after: first.older ?? undefined });
    const third = await page({ after: second.older ?? undefined });
    expect(third.older).toBeNull();
    const ids = [first, second, third].flatMap(({ bills }) => bills.map(({ id }) => id));
    expect(ids).toEqual(all);
    const back = await page({ before: third.newer ?? undefined });
    expect(back).toEqual(second);
    expect(await page({ before: second.newer ?? undefined })).toEqual(first);
  });

  test("R28 no filter shows another customer's bills", async ({ world }) => {
    const { customer } = await makeArchive(world);
    const other = await makeCustomer(world.db, { company: customer.company });
    const look = { db: world.db, actor: other.actor };
    for (const filter of [{}, { contract: customer.contract.id }, { q: "A-1" }, { year: 2026 }]) {
      expect(await numbers(world, other, filter)).toEqual([]);
      // Without row-level security the scope alone must hold.
      expect((await listBills(look, { filter })).bills).toEqual([]);
      expect(await listBillPdfs(look, filter, 10)).toEqual([]);
    }
  });
});

describe("openArchive", () => {
  test("R28 offers what there is of one's own, and says what else the page has to tell", async ({
    world,
  }) => {
    const { customer, second } = await makeArchive(world);
    const other = await makeCustomer(world.db, { company: customer.company });
    const open = (actor: typeof customer.actor) =>
      world.web(actor, (ctx) => openArchive(ctx, { filter: { year: 2024 } }));
    const { bills, facets, news } = await open(customer.actor);
    expect(bills.map(({ billNumber }) => billNumber)).toEqual(["A-1"]);
    expect(facets.years).toEqual([2026, 2024]);
    expect(facets.kinds.sort()).toEqual(["bill", "credit_note"]);
    expect(facets.states.sort()).toEqual(["in_your_favour", "open", "overdue", "paid"]);
    expect(facets.contracts.map(({ id }) => id)).toContain(second.id);
    expect(news).toEqual({ mandateEnds: false, withdrawn: false });
    expect((await open(other.actor)).facets).toEqual({
      ...{ years: [], kinds: [], states: [], contracts: [] },
    });
  });
});

describe("the archive's files", () => {
  test("R27 R28 the list as CSV has the filtered bills, decimal commas and no formula", async ({
    world,
  }) => {
    const { customer } = await makeArchive(world);
    await makeDocument(world.db, { ...of(customer), billNumber: "=HYPERLINK(1)" });
    const words = <Namespace extends "archive" | "bills">(namespace: Namespace) =>
      createTranslator({ locale: "it", messages: MESSAGES.it, namespace });
    const file = (filter: BillFilter) =>
      world.web(customer.actor, async (ctx) => {
        let text = "";
        const set = billListFile(ctx, filter, { t: words("archive"), bills: words("bills") });
        for await (const line of csvLines(set)) {
          text += line;
        }
        return text;
      });
    const [header, ...lines] = (await file({ state: "overdue" })).trim().split("\r\n");
    expect(header).toContain("numero;tipo;azienda;contratto");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("A_2;Bolletta;");
    expect(lines[0]).toContain(";84,20;");
    expect(await file({ q: "hyper" })).toContain("'=HYPERLINK(1)");
  });

  test("the PDFs are those of the filter that have one, and no more than asked for", async ({
    world,
  }) => {
    const { customer } = await makeArchive(world);
    const pdfs = (filter: BillFilter, limit: number) =>
      world.web(customer.actor, (ctx) => listBillPdfs(ctx, filter, limit));
    expect((await pdfs({}, 10)).map(({ billNumber }) => billNumber)).toEqual(["A-5", "A_2"]);
    expect(await pdfs({ state: "overdue" }, 10)).toHaveLength(1);
    expect(await pdfs({}, 1)).toHaveLength(1);
  });
});

test("among many contracts a page of the archive reads by the contract's index alone", async ({
  world,
}) => {
  const { customer } = await makeArchive(world);
  await world.db.execute(sql`
    with others as (
      insert into contracts (company_id, contract_number, customer_code, holder_id, commodity, supply_point,
        supply_address, billing_address, product, starts_on, held_since)
      select company_id, 'MANY-' || n, customer_code, holder_id, commodity, supply_point, supply_address,
        billing_address, product, starts_on, held_since
      from contracts, generate_series(1, 800) n where id = ${customer.contract.id}
      returning company_id, id, holder_id, contract_number)
    insert into documents (company_id, contract_id, holder_id, kind, bill_number, contract_number, commodity,
      supply_point, supply_address, origin, issue_date, due_date, period_from, period_to, total_cents, published_at)
    select company_id, id, holder_id, 'bill', contract_number || '-' || n, contract_number, 'electricity', 'x', 'x',
      'archive', date '2024-01-20' + 30 * n, date '2024-02-20' + 30 * n, '2024-01-01', '2024-01-31', 100, now()
    from others, generate_series(1, 12) n`);
  await world.db.execute(sql`analyze documents, contracts, contract_links`);
  const scans = async () => {
    const rows = await world.db.execute<{ relname: string; seq: number; idx: number }>(sql`
      select relname, seq_scan::int as seq, idx_scan::int as idx from pg_stat_xact_user_tables
      where relname in ('documents', 'dispatches')`);
    return Object.fromEntries(rows.map(({ relname, seq, idx }) => [relname, { seq, idx }]));
  };
  const before = await scans();
  const after = { issueDate: "2026-10-21", id: customer.contract.id };
  for (const filter of [{}, { year: 2026 }, { way: "electronic", q: "84,20" }] as const) {
    await world.web(customer.actor, async (ctx) => {
      await openArchive(ctx, { filter, after });
      await listBillPdfs(ctx, filter, 121);
    });
  }
  const now = await scans();
  for (const table of ["documents", "dispatches"]) {
    expect(now[table]?.seq).toBe(before[table]?.seq);
    expect(now[table]?.idx).toBeGreaterThan(before[table]?.idx ?? 0);
  }
});
