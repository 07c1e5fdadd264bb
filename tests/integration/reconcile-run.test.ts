import { eq } from "drizzle-orm";
import { describe, expect } from "vitest";
import { auditLog, contracts, dispatches, documents, invoicingRuns } from "@/db/schema";
import { ForbiddenError, NotFoundError } from "@/lib/errors";
import { closeRun } from "@/lib/runs/commands/close-run";
import {
  type DiscountDifference,
  differenceCount,
  discountDifferences,
} from "@/lib/runs/queries/discount-differences";
import { printRows } from "@/lib/runs/queries/print-list";
import { openRows, reconcileRun } from "@/lib/runs/queries/reconciliation";
import { bounceOf, eventOf, tellEvents } from "../factories/events";
import {
  makeCompany,
  makeCustomer,
  makeDocument,
  makeHolder,
  makeStaff,
  must,
} from "../factories/people";
import {
  makeDiscount,
  publish,
  runDocument,
  runFor,
  setDispatch,
} from "../factories/published-runs";
import { test, type World } from "../setup/database";

type Reference = { company: string; run: string };

const reconcile = (world: World, reference: Reference) =>
  world.worker((ctx) => reconcileRun(ctx, reference));
const close = (world: World, reference: Reference) =>
  world.worker((ctx) => closeRun(ctx, reference));

async function all<Row>(rows: AsyncIterable<Row>): Promise<Row[]> {
  const found: Row[] = [];
  for await (const row of rows) {
    found.push(row);
  }
  return found;
}

const differences = (world: World, reference: Reference) =>
  world.worker((ctx) => all(discountDifferences(ctx, reference)));

async function customers(world: World, count: number) {
  const company = await makeCompany(world.db);
  return await Promise.all(
    Array.from({ length: count }, () => makeCustomer(world.db, { company })),
  );
}

/** A published run of eight electronic contracts: one for each way to end, and two that have not. */
async function everyOutcome(world: World) {
  const people = await customers(world, 8);
  const run = await runFor(world, { electronic: people });
  const bills = [];
  for (const person of people.slice(0, 7)) {
    bills.push(await runDocument(world, run, person));
  }
  await publish(world, run.reference);
  const [delivered, bounced, suspended, deleted, withdrawn, queued, soft] = bills;
  await setDispatch(world, must(delivered), { state: "delivered" });
  const paper = { channel: "paper", state: "paper" } as const;
  await setDispatch(world, must(bounced), { ...paper, failure: "hard_bounce" });
  await setDispatch(world, must(suspended), { ...paper, failure: "address_suspended" });
  await setDispatch(world, must(deleted), { ...paper, failure: "account_deleted" });
  await setDispatch(world, must(withdrawn), { state: "delivered" });
  await world.db
    .update(documents)
    .set({ withdrawnAt: new Date() })
    .where(eq(documents.id, must(withdrawn).id));
  await setDispatch(world, must(soft), { state: "bounced" });
  return { run, people, queued: must(queued), soft: must(soft) };
}

describe("R20 reconcileRun", () => {
  test("R20 every electronic document is in exactly one category, with its reason", async ({
    world,
  }) => {
    const { run } = await everyOutcome(world);
    const sums = await reconcile(world, run.reference);
    expect(sums).toMatchObject({
      electronic: 8,
      delivered: 1,
      fallback: 2,
      excluded: 3,
      open: 2,
      balanced: false,
    });
    expect(sums.electronic).toBe(sums.delivered + sums.fallback + sums.excluded + sums.open);
    expect(sums.groups).toHaveLength(8);
    for (const group of [
      { category: "open", reason: "queued", count: 1 },
      { category: "open", reason: "bounced", count: 1 },
      { category: "fallback", reason: "hard_bounce", count: 1 },
      { category: "fallback", reason: "address_suspended", count: 1 },
      { category: "excluded", reason: "account_deleted", count: 1 },
      { category: "excluded", reason: "no_document", count: 1 },
      { category: "excluded", reason: "withdrawn", count: 1 },
      { category: "delivered", reason: "delivered", count: 1 },
    ]) {
      expect(sums.groups).toContainEqual(group);
    }
  });

  test("R20 lists what does not add up, by contract and bill", async ({ world }) => {
    const { run, queued, soft } = await everyOutcome(world);
    const { openRows: shown } = await reconcile(world, run.reference);
    const expected = [queued, soft].map(({ contractNumber, billNumber }) =>
      expect.objectContaining({ contractNumber, billNumber }),
    );
    expect(shown).toEqual(expect.arrayContaining(expected));
    expect(await world.worker((ctx) => all(openRows(ctx, run.reference)))).toEqual(shown);
  });

  test("R20 a contract with two documents counts twice, its paper neighbour never", async ({
    world,
  }) => {
    const [person, onPaper] = await customers(world, 2);
    const run = await runFor(world, { electronic: [must(person)] });
    await runDocument(world, run, must(person));
    await runDocument(world, run, must(person), { kind: "credit_note", totalCents: -10 });
    await runDocument(world, run, must(onPaper));
    expect(await reconcile(world, run.reference)).toMatchObject({
      electronic: 2,
      groups: [{ category: "open", reason: "not_published", count: 2 }],
    });
  });

  test("R28 another company's run is not found; an unknown role is refused", async ({ world }) => {
    const { run } = await everyOutcome(world);
    const other = await makeCompany(world.db);
    const elsewhere = { company: other.slug, run: run.id };
    await expect(reconcile(world, elsewhere)).rejects.toThrow(NotFoundError);
    const support = await makeStaff(world.db, "support");
    const seen = await world.web(support, (ctx) => reconcileRun(ctx, run.reference));
    expect(seen.electronic).toBe(8);
    const unknown = { ...support, role: "intern" as "support" };
    await expect(world.web(unknown, (ctx) => reconcileRun(ctx, run.reference))).rejects.toThrow(
      ForbiddenError,
    );
    await expect(
      world.web(unknown, (ctx) => all(discountDifferences(ctx, run.reference))),
    ).rejects.toThrow(ForbiddenError);
  });
});

describe("R20 closeRun", () => {
  test("R20 is refused while anything is open, and done once when all has ended", async ({
    world,
  }) => {
    const { run, queued, soft } = await everyOutcome(world);
    expect(await close(world, run.reference)).toEqual({ ok: false, code: "does_not_add_up" });
    await setDispatch(world, queued, { state: "delivered" });
    expect(await close(world, run.reference)).toEqual({ ok: false, code: "does_not_add_up" });
    await setDispatch(world, soft, { state: "delivered" });
    expect(await close(world, run.reference)).toMatchObject({
      ok: true,
      value: { state: "closed", already: false },
    });
    expect(await close(world, run.reference)).toMatchObject({ ok: true, value: { already: true } });
    const told = await world.db.select().from(auditLog).where(eq(auditLog.action, "closed_run"));
    expect(told.filter(({ subjectId }) => subjectId === run.id)).toHaveLength(1);
  });

  test("R20 a run that is not published cannot be closed", async ({ world }) => {
    const [person] = await customers(world, 1);
    const run = await runFor(world, { electronic: [must(person)] });
    expect(await close(world, run.reference)).toEqual({ ok: false, code: "not_published" });
    await world.db
      .update(invoicingRuns)
      .set({ state: "cancelled", cancelReason: "wrong" })
      .where(eq(invoicingRuns.id, run.id));
    expect(await close(world, run.reference)).toEqual({ ok: false, code: "cancelled" });
  });

  test("R28 support may not close a run, nor anybody another company's", async ({ world }) => {
    const { run } = await everyOutcome(world);
    const support = await makeStaff(world.db, "support");
    await expect(
      world.worker(({ db }) => closeRun({ db, actor: support }, run.reference)),
    ).rejects.toThrow(ForbiddenError);
    const other = await makeCompany(world.db);
    await expect(close(world, { company: other.slug, run: run.id })).rejects.toThrow(NotFoundError);
  });

  test("R18 a late event still changes its dispatch, and the sums stay equal", async ({
    world,
  }) => {
    const [person] = await customers(world, 1);
    const run = await runFor(world, { electronic: [must(person)] });
    const bill = await runDocument(world, run, must(person));
    await publish(world, run.reference);
    await setDispatch(world, bill, { state: "delivered" });
    await close(world, run.reference);
    const [dispatch] = await world.db
      .select()
      .from(dispatches)
      .where(eq(dispatches.documentId, bill.id));
    await world.worker((ctx) => tellEvents(ctx, eventOf(must(dispatch), "email.complained")));
    expect(await reconcile(world, run.reference)).toMatchObject({
      delivered: 0,
      fallback: 1,
      balanced: true,
    });
  });
});

describe("R13 discount differences", () => {
  test("R13 per bill: equal when electronic, nothing on paper", async ({ world }) => {
    const people = await customers(world, 6);
    const [right, missing, little, much, paper, earned] = people.map(must);
    await makeDiscount(world, must(right), 100, "per_bill");
    const run = await runFor(world, {
      electronic: [right, missing, little, much].map(must),
    });
    const bill = async (person: typeof right, discountCents: number) =>
      await runDocument(world, run, must(person), {
        discountCents,
        billNumber: `${person === right ? "right" : ""}${must(person).contract.contractNumber}`,
      });
    await bill(right, 100);
    await bill(missing, 0);
    await bill(little, 99);
    await bill(much, 101);
    await bill(paper, 0);
    await bill(earned, 1);
    const kindOf = (found: DiscountDifference[], person: typeof right) =>
      found.find(({ contractNumber }) => contractNumber === must(person).contract.contractNumber)
        ?.kind;
    const before = await differences(world, run.reference);
    expect([right, missing, little, much, paper, earned].map((one) => kindOf(before, one))).toEqual(
      [undefined, "missing", "too_little", "too_much", undefined, "unearned"],
    );
    await publish(world, run.reference);
    expect(await differences(world, run.reference)).toEqual(before);
    const sums = await reconcile(world, run.reference);
    expect(sums).toMatchObject({ differenceCount: 4, differences: before });
    expect(await world.worker((ctx) => differenceCount(ctx, run.reference))).toBe(4);
  });

  test("R13 credit notes and notices carry none, and are left out", async ({ world }) => {
    const [person] = await customers(world, 1);
    await makeDiscount(world, must(person), 100, "per_bill");
    const run = await runFor(world, { electronic: [must(person)] });
    await runDocument(world, run, must(person), { kind: "credit_note", totalCents: -1 });
    await runDocument(world, run, must(person), { kind: "notice", totalCents: 0 });
    expect(await differences(world, run.reference)).toEqual([]);
  });

  test("R13 per year: at least a cent, until twelve months have given the yearly amount", async ({
    world,
  }) => {
    const people = await customers(world, 5);
    const [right, missing, much, spent, old] = people.map(must);
    await makeDiscount(world, must(right), 1200, "per_year");
    const run = await runFor(world, { electronic: people });
    const past = async (person: typeof right, discountCents: number, periodTo: string) => {
      const { company, contract, holder } = must(person);
      await makeDocument(world.db, {
        companyId: company.id,
        contractId: contract.id,
        holderId: holder.id,
        discountCents,
        periodFrom: periodTo,
        periodTo,
      });
    };
    const now = { periodFrom: "2026-05-01", periodTo: "2026-05-31" };
    await past(right, 1100, "2026-04-30");
    await runDocument(world, run, must(right), { ...now, discountCents: 100 });
    await runDocument(world, run, must(missing), { ...now, discountCents: 0 });
    await past(much, 1101, "2025-06-30");
    await runDocument(world, run, must(much), { ...now, discountCents: 100 });
    await past(spent, 1200, "2026-01-31");
    await runDocument(world, run, must(spent), { ...now, discountCents: 0 });
    // A year and a day ago is another year.
    await past(old, 1200, "2025-05-31");
    await runDocument(world, run, must(old), { ...now, discountCents: 1200 });
    const found = await differences(world, run.reference);
    expect(
      found
        .map(({ contractNumber, kind, yearCents }) => ({ contractNumber, kind, yearCents }))
        .toSorted((a, b) => a.kind.localeCompare(b.kind)),
    ).toEqual([
      { contractNumber: must(missing).contract.contractNumber, kind: "missing", yearCents: 0 },
      { contractNumber: must(much).contract.contractNumber, kind: "too_much", yearCents: 1201 },
    ]);
  });

  test("R13 R19 a bounce after publication keeps the discount: no difference", async ({
    world,
  }) => {
    const [person] = await customers(world, 1);
    await makeDiscount(world, must(person), 100, "per_bill");
    const run = await runFor(world, { electronic: [must(person)] });
    const bill = await runDocument(world, run, must(person), { discountCents: 100 });
    await publish(world, run.reference);
    const [dispatch] = await world.db
      .select()
      .from(dispatches)
      .where(eq(dispatches.documentId, bill.id));
    await world.worker((ctx) => tellEvents(ctx, bounceOf(must(dispatch))));
    expect(await reconcile(world, run.reference)).toMatchObject({
      fallback: 1,
      balanced: true,
      differenceCount: 0,
    });
  });
});

describe("the print list", () => {
  test("R19 R21 has paper by plan and by fallback, nothing electronic and nothing withdrawn", async ({
    world,
  }) => {
    const [mail, bounced, chosen, wrong, unbilled] = (await customers(world, 5)).map(must);
    const run = await runFor(world, { electronic: [must(mail), must(bounced)] });
    const print = () => world.worker((ctx) => all(printRows(ctx, run.reference)));
    expect((await print()).map(({ billNumber, reason }) => [billNumber, reason])).toEqual(
      Array.from({ length: 3 }, () => [null, "no_choice"]),
    );
    await runDocument(world, run, must(mail));
    const fallback = await runDocument(world, run, must(bounced), { storageKey: "1/2026/a.pdf" });
    const planned = await runDocument(world, run, must(chosen));
    const withdrawn = await runDocument(world, run, must(wrong));
    await publish(world, run.reference);
    await setDispatch(world, fallback, {
      channel: "paper",
      state: "paper",
      failure: "hard_bounce",
    });
    await world.db
      .update(documents)
      .set({ withdrawnAt: new Date() })
      .where(eq(documents.id, withdrawn.id));
    const rows = await print();
    expect(rows).toHaveLength(2);
    expect(rows).toContainEqual({
      contractNumber: must(bounced).contract.contractNumber,
      holderName: must(bounced).holder.name,
      billingAddress: must(bounced).contract.billingAddress,
      billNumber: fallback.billNumber,
      document: "1/2026/a.pdf",
      reason: "hard_bounce",
    });
    expect(rows.map(({ billNumber }) => billNumber)).toContain(planned.billNumber);
    expect(rows.map(({ contractNumber }) => contractNumber)).not.toContain(
      must(unbilled).contract.contractNumber,
    );
  });

  test("R5 a former holder's bill never goes to the new holder's address", async ({ world }) => {
    const [mail, person] = (await customers(world, 2)).map(must);
    const run = await runFor(world, { electronic: [must(mail)] });
    await runDocument(world, run, must(person));
    await publish(world, run.reference);
    const next = await makeHolder(world.db, { name: "Nuova Persona" });
    await world.db
      .update(contracts)
      .set({ holderId: next.id, billingAddress: "Via Nuova 2" })
      .where(eq(contracts.id, must(person).contract.id));
    expect(await world.worker((ctx) => all(printRows(ctx, run.reference)))).toMatchObject([
      { holderName: must(person).holder.name, billingAddress: null },
    ]);
  });

  test("R28 another company's run is not found, an unknown role is refused", async ({ world }) => {
    const [mail] = (await customers(world, 1)).map(must);
    const run = await runFor(world, { electronic: [must(mail)] });
    const other = await makeCompany(world.db);
    const foreign = { company: other.slug, run: run.id };
    await expect(world.worker((ctx) => all(printRows(ctx, foreign)))).rejects.toThrow(
      NotFoundError,
    );
    const unknown = { ...(await makeStaff(world.db, "support")), role: "intern" as "support" };
    await expect(world.web(unknown, (ctx) => all(printRows(ctx, run.reference)))).rejects.toThrow(
      ForbiddenError,
    );
  });
});
