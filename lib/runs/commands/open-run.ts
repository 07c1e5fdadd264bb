import { sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { invoicingRuns } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { findCompany } from "@/lib/companies/queries";
import { fail, NotFoundError, ok, type Result } from "@/lib/errors";
import { findRun, type Run } from "../queries";
import { defaultRunName, isRunName } from "../rules";

export type OpenRunFailure = "wrong_name" | "name_taken" | "cut_off_taken";

/**
 * Opens an invoicing run of a company. Without a cut-off it is the company's next one; one in the
 * past can be frozen at once. Without a name it is the cut-off's month.
 * @throws {NotFoundError} if there is no such company
 */
export async function openRun(
  ctx: Context<SystemActor>,
  input: { company: string; cutOffAt?: Date; name?: string },
): Promise<Result<Run, OpenRunFailure>> {
  return await inTransaction(ctx, async (tx) => {
    const company = await findCompany(tx.db, input.company);
    if (!company) {
      throw new NotFoundError(`company "${input.company}"`);
    }
    const cutOffAt = input.cutOffAt ?? (await nextCutOff(tx.db, company.id));
    const name = input.name ?? defaultRunName(cutOffAt);
    if (!isRunName(name)) {
      return fail("wrong_name");
    }
    const id = uuidv7();
    const added = await tx.db
      .insert(invoicingRuns)
      .values({ companyId: company.id, id, name, cutOffAt })
      .onConflictDoNothing()
      .returning({ id: invoicingRuns.id });
    const run = await findRun(tx, { company: company.slug, run: name });
    if (added.length === 0) {
      return fail(run ? "name_taken" : "cut_off_taken");
    }
    if (!run) {
      throw new Error("the run that was just opened is not there");
    }
    await recordAudit(tx, {
      action: "opened_run",
      companyId: company.id,
      subjectKind: "run",
      subjectId: id,
      detail: { name, cutOffAt: cutOffAt.toISOString() },
    });
    return ok(run);
  });
}

async function nextCutOff(db: Context["db"], companyId: number): Promise<Date> {
  const [row] = await db.execute<{ at: string }>(
    sql`select to_char(next_cut_off(${companyId}::smallint, clock_timestamp()) at time zone 'UTC',
      'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at`,
  );
  if (!row?.at) {
    throw new Error("the company's calendar has no next cut-off");
  }
  return new Date(row.at);
}
