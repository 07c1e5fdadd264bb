import { and, asc, eq, lt, lte, sql } from "drizzle-orm";
import { companies, invoicingRuns } from "@/db/schema";
import { type Context, inTransaction } from "@/lib/auth/context";
import { log } from "@/lib/log";
import type { RunReference } from "../queries/run";
import { type RunActor, requireRunOperator } from "../rules";
import { freezeRun } from "./freeze-run";

/**
 * Freezes every run whose cut-off has passed, however long ago (R12). One that was opened after its
 * cut-off is left to the operator who opened it. A run that cannot be frozen does not stop the
 * others: it is logged, counted, and due again the next time.
 * @throws {ForbiddenError} unless the actor may operate runs
 */
export async function freezeDueRuns(
  ctx: Context<RunActor>,
): Promise<{ frozen: number; failed: number }> {
  requireRunOperator(ctx.actor);
  let frozen = 0;
  let failed = 0;
  for (const due of await dueRuns(ctx)) {
    try {
      const result = await freezeRun(ctx, due);
      frozen += result.ok && !result.value.already ? 1 : 0;
    } catch (err) {
      failed += 1;
      log.error({ err, ...due }, "a run could not be frozen");
    }
  }
  return { frozen, failed };
}

async function dueRuns(ctx: Context<RunActor>): Promise<RunReference[]> {
  return await inTransaction(ctx, ({ db }) =>
    db
      .select({ company: companies.slug, run: invoicingRuns.id })
      .from(invoicingRuns)
      .innerJoin(companies, eq(companies.id, invoicingRuns.companyId))
      .where(
        and(
          eq(invoicingRuns.state, "scheduled"),
          lte(invoicingRuns.cutOffAt, sql`clock_timestamp()`),
          lt(invoicingRuns.openedAt, invoicingRuns.cutOffAt),
        ),
      )
      .orderBy(asc(invoicingRuns.cutOffAt))
      // One that another freezes now is in good hands: waiting for it would keep a worker from its mails.
      .for("no key update", { of: invoicingRuns, skipLocked: true }),
  );
}
