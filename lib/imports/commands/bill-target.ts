import { eq, sql } from "drizzle-orm";
import { imports } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
import { RefusalError } from "@/lib/errors";
import { findRun, listRuns, type Run } from "@/lib/runs/queries/run";

/** Where bills go (R15): past ones, one by one as they are issued, or into a run. */
export type BillTarget =
  | { kind: "archive" }
  | { kind: "single" }
  /** `run` is the run's name or id. */
  | { kind: "run"; run: string };

/** A target with its run found and locked. */
export type LoadedTarget = { kind: "archive" | "single"; run: null } | { kind: "run"; run: Run };

/**
 * Finds a target's run and locks it until the transaction's end. The import is known to be the run's, so that
 * nobody publishes it between two batches either.
 * @throws {RefusalError} if it is not there or takes no documents
 */
export async function loadTarget(
  tx: TxContext<SystemActor>,
  { company, target }: { company: string; target: BillTarget },
  importId: string,
): Promise<LoadedTarget> {
  if (target.kind !== "run") {
    return { kind: target.kind, run: null };
  }
  const found = await findRun(tx, { company, run: target.run });
  if (!found) {
    const known = (await listRuns(tx, company)).map(({ name }) => name).join(", ");
    throw new RefusalError(
      `${company} has no run "${target.run}"; known are: ${known || "none, open one first"}.`,
    );
  }
  await tx.db.execute(sql`select from invoicing_runs
    where company_id = ${found.companyId} and id = ${found.id} for no key update`);
  const run = (await findRun(tx, { company, run: found.id })) ?? found;
  if (run.state === "scheduled") {
    throw new RefusalError(
      `The run ${run.name} is not frozen yet; freeze it, then import its bills.`,
    );
  }
  if (run.state === "cancelled") {
    throw new RefusalError(`The run ${run.name} was cancelled; it takes no bills.`);
  }
  await tx.db.update(imports).set({ runId: run.id }).where(eq(imports.id, importId));
  return { kind: "run", run };
}
