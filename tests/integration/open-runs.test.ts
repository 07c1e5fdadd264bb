import { eq, sql } from "drizzle-orm";
import fc from "fast-check";
import { test as base, describe, expect } from "vitest";
import { DISPATCH_STATES, dispatches, documents } from "@/db/schema";
import { FALLBACKS } from "@/lib/dispatches/rules";
import { listOpenRuns } from "@/lib/operations/queries/open-runs";
import { countOutcomes } from "@/lib/runs/queries/outcome";
import { reconcileRun } from "@/lib/runs/queries/reconciliation";
import { makeCompany, makeContract, makeCustomer, makeHolder, must } from "../factories/people";
import { publish, runDocument, runFor } from "../factories/published-runs";
import { queueMails } from "../factories/queued-mails";
import { choose } from "../factories/runs";
import { cloneDatabase, test } from "../setup/database";

const REASONS = [null, ...FALLBACKS, "account_deleted", "released", "removed", "holder_changed"];

describe("R20 the counts of open runs", () => {
  test("R20 are those of the reconciliation, whatever became of each bill and whatever is withdrawn", async ({
    world,
  }) => {
    const company = await makeCompany(world.db);
    const people = [];
    for (let count = 0; count < 6; count += 1) {
      people.push(await makeCustomer(world.db, { company }));
    }
    const [onPaper, withoutBill, ...billed] = people;
    await choose(world.db, must(withoutBill));
    const run = await runFor(world, { electronic: billed });
    for (const customer of [must(onPaper), ...billed]) {
      await runDocument(world, run, customer);
    }
    await publish(world, run.reference);
    const sent = await world.db
      .select({ id: dispatches.id, documentId: dispatches.documentId })
      .from(dispatches)
      .where(sql`channel = 'email' and company_id = ${company.id}`);
    expect(sent).toHaveLength(billed.length);
    const end = fc.record({
      state: fc.constantFrom(...DISPATCH_STATES),
      failure: fc.constantFrom(...REASONS),
      withdrawn: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(end, { minLength: sent.length, maxLength: sent.length }),
        async (ends) => {
          for (const [place, { id, documentId }] of sent.entries()) {
            const { state, failure, withdrawn } = must(ends[place]);
            const channel = state === "paper" ? "paper" : "email";
            await world.db
              .update(dispatches)
              .set({ state, channel, failure })
              .where(eq(dispatches.id, id));
            await world.db
              .update(documents)
              .set({ withdrawnAt: withdrawn ? new Date() : null })
              .where(eq(documents.id, documentId));
          }
          const { electronic, delivered, fallback, excluded, open } = await world.worker((ctx) =>
            reconcileRun(ctx, run.reference),
          );
          const [counted] = await world.worker((ctx) => listOpenRuns(ctx));
          expect(counted).toMatchObject({ electronic, delivered, fallback, excluded, open });
        },
      ),
      { numRuns: 40 },
    );
  });

  base("R20 are read from the index alone, among many dispatches", async () => {
    const clone = await cloneDatabase();
    try {
      const { sql: raw, db } = clone.superuser;
      const companyId = await db.transaction(async (tx) => {
        const company = await makeCompany(tx);
        const holder = await makeHolder(tx);
        await makeContract(tx, { companyId: company.id, holderId: holder.id });
        return company.id;
      });
      await queueMails(raw, { companyId, count: 30_000, round: "r" });
      const run = { companyId, id: "01a217cc-c983-726f-a527-22b7bd580d0b" };
      // One run of ten: a table that has nothing else is read whole, and rightly.
      await raw`update dispatches set run_id = ${run.id}, state = 'delivered'
        where document_id in (select document_id from dispatches limit 3000)`;
      // Here commits are asynchronous, and vacuum marks no page before they are on the disk.
      await raw`checkpoint`;
      await raw`vacuum analyze dispatches`;
      await raw`vacuum analyze documents`;
      const plan = await db.execute<Record<string, string>>(
        sql`explain (costs off) ${countOutcomes(run, { electronic: 3_000, noDocument: 0 })}`,
      );
      const lines = plan.map((line) => Object.values(line)[0]);
      expect(lines.join("\n")).toMatch(/Index Only Scan using dispatches_of_run/);
      expect(lines.join("\n")).not.toMatch(/Seq Scan on (dispatches|documents)/);
      const [counts] = await db.execute(countOutcomes(run, { electronic: 3_000, noDocument: 0 }));
      expect(counts).toMatchObject({ delivered: 3_000, open: 0 });
    } finally {
      await clone.drop();
    }
  });
});
