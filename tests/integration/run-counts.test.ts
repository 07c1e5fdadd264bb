import { eq } from "drizzle-orm";
import fc from "fast-check";
import { describe, expect } from "vitest";
import { DISPATCH_STATES, dispatches } from "@/db/schema";
import { FALLBACKS } from "@/lib/dispatches/rules";
import { reconcileRun } from "@/lib/runs/queries/reconciliation";
import { findRunSheet } from "@/lib/runs/queries/run-sheet";
import { makeCompany, makeCustomer, makeStaff, must } from "../factories/people";
import { publish, runDocument, runFor } from "../factories/published-runs";
import { test } from "../setup/database";

const REASONS = [null, ...FALLBACKS, "account_deleted", "holder_changed", "validation_error"];

describe("the board of a run", () => {
  test("R20 its counts add up whatever became of each bill, and close nothing that is open", async ({
    world,
  }) => {
    const company = await makeCompany(world.db);
    const customers = [];
    for (let count = 0; count < 6; count += 1) {
      customers.push(await makeCustomer(world.db, { company }));
    }
    const run = await runFor(world, { electronic: customers });
    for (const customer of customers) {
      await runDocument(world, run, customer);
    }
    await publish(world, run.reference);
    const operator = await makeStaff(world.db, "operator");
    const sent = await world.db
      .select({ id: dispatches.id })
      .from(dispatches)
      .where(eq(dispatches.companyId, company.id));
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            state: fc.constantFrom(...DISPATCH_STATES),
            failure: fc.constantFrom(...REASONS),
          }),
          {
            minLength: sent.length,
            maxLength: sent.length,
          },
        ),
        async (ends) => {
          for (const [place, { id }] of sent.entries()) {
            const { state, failure } = must(ends[place]);
            const channel = state === "paper" ? "paper" : "email";
            await world.db
              .update(dispatches)
              .set({ state, channel, failure })
              .where(eq(dispatches.id, id));
          }
          const sums = await world.worker((ctx) => reconcileRun(ctx, run.reference));
          expect(sums.electronic).toBe(sent.length);
          expect(sums.delivered + sums.fallback + sums.excluded + sums.open).toBe(sums.electronic);
          expect(sums.balanced).toBe(sums.open === 0);
          expect(sums.groups.reduce((sum, { count }) => sum + count, 0)).toBe(sums.electronic);
          const board = must(await world.web(operator, (ctx) => findRunSheet(ctx, run.reference)));
          const counted = Object.values(board.dispatches).reduce((sum, count) => sum + count, 0);
          expect(counted).toBe(sent.length);
          // Nothing counts as ended that may still come back or was never sent.
          const ended = ends.filter(
            ({ state, failure }) =>
              state === "delivered" ||
              (state === "paper" && failure !== null && failure !== "validation_error"),
          );
          expect(sums.electronic - sums.open).toBe(ended.length);
        },
      ),
      { numRuns: process.env.FULL ? 300 : 25 },
    );
  });
});
