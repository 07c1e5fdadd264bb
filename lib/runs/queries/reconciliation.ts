import { sql } from "drizzle-orm";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { type RunActor, requireRunReader } from "../rules";
import { countDifferences, type DiscountDifference, differencePage } from "./discount-differences";
import { type Outcome, runOutcomes } from "./outcome";
import { getRun, type RunReference } from "./run";

/** How many rows of a list the summary has; the rest is in the files. */
const SHOWN = 200;
/** Rows of a file that are fetched at once: each time the whole run is judged. */
const PAGE = 50_000;

export interface Reconciliation {
  /** What was to go out by e-mail: see `reconcileRun`. */
  electronic: number;
  delivered: number;
  fallback: number;
  excluded: number;
  /** Neither of these yet: what does not add up. */
  open: number;
  /** True when nothing is open: the run may be closed (R20). */
  balanced: boolean;
  groups: { category: Outcome; reason: string; count: number }[];
  /** The first 200 of what is open, by contract. */
  openRows: OpenRow[];
  /** The first 200. They are to be mended in the billing system, and do not keep a run open. */
  differences: DiscountDifference[];
  differenceCount: number;
}

/** Something electronic that has not ended: why, and of which contract and bill. */
export interface OpenRow {
  contractNumber: string;
  billNumber: string | null;
  reason: string;
}

/**
 * R20: electronic = delivered + fallback + excluded + open, by documents. A contract with several
 * documents in the run counts once for each, one without any once, as excluded with `no_document`;
 * so `electronic` is the plan's electronic rows plus those further documents.
 * @throws {NotFoundError} if there is no such run
 * @throws {ForbiddenError} for a role that may not see runs
 */
export async function reconcileRun(
  ctx: Context<RunActor>,
  reference: RunReference,
): Promise<Reconciliation> {
  requireRunReader(ctx.actor);
  return await inTransaction(ctx, async (tx) => {
    const run = await getRun(tx, reference);
    const rows = await tx.db.execute<Reconciliation["groups"][number] & Record<string, unknown>>(
      sql`select category, reason, count(*)::int as count from (${runOutcomes(run)}) outcome
        group by category, reason
        order by array_position(array['open', 'fallback', 'excluded', 'delivered'], category),
          count(*) desc, reason`,
    );
    const groups = [...rows];
    const sum = (category?: Outcome) =>
      groups
        .filter((group) => category === undefined || group.category === category)
        .reduce((total, { count }) => total + count, 0);
    const { differences } = await differencePage(tx, run, SHOWN);
    return {
      electronic: sum(),
      delivered: sum("delivered"),
      fallback: sum("fallback"),
      excluded: sum("excluded"),
      open: sum("open"),
      balanced: sum("open") === 0,
      groups,
      openRows: (await openPage(tx, run, SHOWN)).map(({ id: _id, ...row }) => row),
      differences,
      differenceCount:
        differences.length < SHOWN ? differences.length : await countDifferences(tx, run),
    };
  });
}

/** How many of a run's electronic documents have not ended (R20). */
export async function countOpen(
  { db }: TxContext,
  run: { companyId: number; id: string },
): Promise<number> {
  const [row] = await db.execute<{ open: number }>(
    sql`select count(*)::int as open from (${runOutcomes(run)}) outcome where category = 'open'`,
  );
  return row?.open ?? 0;
}

/**
 * Everything of a run that does not add up, page by page (R20).
 * @throws {NotFoundError} if there is no such run
 * @throws {ForbiddenError} for a role that may not see runs
 */
export async function* openRows(
  ctx: Context<RunActor>,
  reference: RunReference,
): AsyncGenerator<OpenRow> {
  requireRunReader(ctx.actor);
  let after: string | null = null;
  do {
    const from: string | null = after;
    const page: (OpenRow & { id: string })[] = await inTransaction(
      ctx,
      async (tx) => await openPage(tx, await getRun(tx, reference), PAGE, from),
    );
    yield* page.map(({ id: _id, ...row }) => row);
    after = page.length < PAGE ? null : (page.at(-1)?.id ?? null);
  } while (after !== null);
}

async function openPage(
  { db }: TxContext,
  run: { companyId: number; id: string },
  limit: number,
  after: string | null = null,
): Promise<(OpenRow & { id: string })[]> {
  return [
    ...(await db.execute<OpenRow & { id: string } & Record<string, unknown>>(sql`
      select c.contract_number as "contractNumber", o.bill_number as "billNumber", o.reason,
        o.document_id as id
      from (${runOutcomes(run)}) o
      join contracts c on c.company_id = ${run.companyId} and c.id = o.contract_id
      where o.category = 'open' and (${after}::uuid is null or o.document_id > ${after}::uuid)
      order by o.document_id limit ${limit}`)),
  ];
}
