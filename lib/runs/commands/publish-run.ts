import { and, eq, sql } from "drizzle-orm";
import { invoicingRuns } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { publishDocuments } from "@/lib/documents/commands/publish-documents";
import { fail, ok, type Result } from "@/lib/errors";
import { getRun, type Run, type RunReference } from "../queries";

export interface Publication {
  run: Run;
  documents: number;
  electronic: number;
  paper: number;
  /** True when the run was published before: nothing was changed and nothing is sent again. */
  already: boolean;
}

export type PublishRunFailure = "not_frozen" | "no_documents" | "cancelled";

/**
 * Makes every document of a loaded run visible and queues one dispatch each, all or nothing (R15).
 * Twice, or from many machines at once, it is published once.
 * @throws {NotFoundError} if there is no such run
 */
export async function publishRun(
  ctx: Context<SystemActor>,
  reference: RunReference,
): Promise<Result<Publication, PublishRunFailure>> {
  return await inTransaction(ctx, async (tx) => {
    const { companyId, id } = await getRun(tx, reference);
    const won = await tx.db
      .update(invoicingRuns)
      .set({ state: "published", publishedAt: sql`clock_timestamp()` })
      .where(
        and(
          eq(invoicingRuns.companyId, companyId),
          eq(invoicingRuns.id, id),
          eq(invoicingRuns.state, "loaded"),
        ),
      )
      .returning({ id: invoicingRuns.id });
    const run = await getRun(tx, reference);
    switch (run.state) {
      case "scheduled":
        return fail("not_frozen");
      case "frozen":
      case "loaded":
        return fail("no_documents");
      case "cancelled":
        return fail("cancelled");
      case "published":
      case "closed":
        break;
    }
    if (won.length === 0) {
      return ok({ run, ...(await countChannels(tx, run)), already: true });
    }
    const unplanned = await countUnplanned(tx, run);
    if (unplanned > 0) {
      throw new Error(`${unplanned} documents of the run have no plan row`);
    }
    const counts = await publishDocuments(tx, plannedDocuments(run));
    await recordAudit(tx, {
      action: "published_run",
      companyId,
      subjectKind: "run",
      subjectId: id,
      detail: { name: run.name, ...counts },
    });
    return ok({ run, ...counts, already: false });
  });
}

const plannedDocuments = (run: Run) => sql`
  select d.company_id, d.contract_id, d.id as document_id, d.run_id, p.mode, p.email, p.choice_id
  from documents d
  join delivery_plans p on p.company_id = d.company_id and p.run_id = d.run_id
    and p.contract_id = d.contract_id
  where d.company_id = ${run.companyId} and d.run_id = ${run.id}`;

/** Always 0: the import refuses such documents. All or nothing, so it is looked at again. */
async function countUnplanned({ db }: TxContext, run: Run): Promise<number> {
  const [row] = await db.execute<{ unplanned: number }>(sql`
    select count(*)::int as unplanned from documents d
    where d.company_id = ${run.companyId} and d.run_id = ${run.id} and not exists (
      select from delivery_plans p where p.company_id = d.company_id and p.run_id = d.run_id
        and p.contract_id = d.contract_id)`);
  return row?.unplanned ?? 0;
}

async function countChannels({ db }: TxContext, run: Run) {
  const [row] = await db.execute<{ documents: number; electronic: number; paper: number }>(sql`
    select count(*)::int as documents,
      count(*) filter (where channel = 'email')::int as electronic,
      count(*) filter (where channel = 'paper')::int as paper
    from dispatches where company_id = ${run.companyId} and run_id = ${run.id}`);
  return row ?? { documents: 0, electronic: 0, paper: 0 };
}
