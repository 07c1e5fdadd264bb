import { and, eq, sql } from "drizzle-orm";
import { discounts, dispatches, type documents, invoicingRuns } from "@/db/schema";
import { publishRun } from "@/lib/runs/commands/publish-run";
import type { World } from "../setup/database";
import { type makeCustomer, makeDocument, must } from "./people";
import { choose, frozenRun } from "./runs";

type Customer = Awaited<ReturnType<typeof makeCustomer>>;
type DocumentOver = Partial<typeof documents.$inferInsert>;

/** What an electronic bill of a company's electricity gives, since long before any test's cut-off. */
export async function makeDiscount(
  { db }: World,
  { company }: Customer,
  amountCents: number,
  basis: "per_bill" | "per_year",
) {
  await db.insert(discounts).values({
    companyId: company.id,
    commodity: "electricity",
    amountCents,
    basis,
    validFrom: "2020-01-01",
  });
}

/** A frozen run with these customers in electronic mode, the others as they are. */
export async function runFor(world: World, { electronic }: { electronic: Customer[] }) {
  for (const customer of electronic) {
    await choose(world.db, customer);
  }
  const { company } = must(electronic[0]);
  const { run } = await world.worker((ctx) => frozenRun(ctx, company.slug));
  return { ...run, reference: { company: company.slug, run: run.name } };
}

/** A document of a customer in a run, not published yet. */
export async function runDocument(
  { db }: World,
  run: { id: string; companyId: number },
  { contract, holder }: Customer,
  over: DocumentOver = {},
) {
  await db
    .update(invoicingRuns)
    .set({ state: "loaded", loadedAt: sql`clock_timestamp()` })
    .where(and(eq(invoicingRuns.id, run.id), eq(invoicingRuns.state, "frozen")));
  return await makeDocument(db, {
    companyId: run.companyId,
    contractId: contract.id,
    holderId: holder.id,
    contractNumber: contract.contractNumber,
    origin: "run",
    runId: run.id,
    publishedAt: null,
    ...over,
  });
}

export async function publish(world: World, reference: { company: string; run: string }) {
  const done = await world.worker((ctx) => publishRun(ctx, reference));
  if (!done.ok) {
    throw new Error(`the test's run was not published: ${done.code}`);
  }
}

/** Puts the dispatch of a document where the worker and the provider would. */
export async function setDispatch(
  { db }: World,
  document: { id: string },
  set: Partial<typeof dispatches.$inferInsert>,
) {
  await db.update(dispatches).set(set).where(eq(dispatches.documentId, document.id));
}
