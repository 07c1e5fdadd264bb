import { and, desc, eq, inArray, sql } from "drizzle-orm";
import { companies, runOrders, staff } from "@/db/schema";
import type { StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { requireRunReader } from "../rules";
import { findRun, type Run, type RunReference } from "./run";
import { type Approval, type RunStatus, runStatus } from "./run-status";

/** Orders that the page tells of, the latest first. */
const ORDERS_SHOWN = 10;

interface RunEvent {
  at: Date;
  /** As in the audit log: `froze_run`. */
  action: string;
  /** A member of staff, or the command line or job that did it. */
  who: string;
}

export type RunOrder = Awaited<ReturnType<typeof listOrders>>[number];

export interface RunSheet extends Omit<RunStatus, "approval"> {
  company: { slug: string; name: string; accentColor: string; withdrawAbove: number };
  /** The cut-off has passed by the database's clock: the run can be frozen. */
  cutOffPassed: boolean;
  approval: {
    above: number;
    needed: boolean;
    given: (Approval & { who: string; mine: boolean })[];
  };
  /** What staff ordered on the pages, newest first. */
  orders: RunOrder[];
  /** What was done, newest first (R30). */
  events: RunEvent[];
}

/**
 * Everything the page of a run shows; null if the company has no such run.
 * @throws {ForbiddenError} for a role that may not look at runs
 */
export async function findRunSheet(
  ctx: Context<StaffActor>,
  reference: RunReference,
): Promise<RunSheet | null> {
  return await inTransaction(ctx, async (tx) => {
    requireRunReader(tx.actor);
    const run = await findRun(tx, reference);
    if (!run) {
      return null;
    }
    const { approval, ...status } = await runStatus(tx, reference);
    const orders = await listOrders(tx, run);
    const history = await listHistory(tx, run);
    const people = await namesOf(tx, [
      ...approval.given.map(({ person }) => person),
      ...history.map(({ person }) => person),
    ]);
    const [about] = await tx.db
      .select({
        slug: companies.slug,
        name: companies.name,
        accentColor: companies.accentColor,
        withdrawAbove: companies.withdrawAbove,
        cutOffPassed: sql<boolean>`${run.cutOffAt.toISOString()}::timestamptz <= clock_timestamp()`,
      })
      .from(companies)
      .where(eq(companies.id, run.companyId));
    if (!about) {
      return null;
    }
    const { cutOffPassed, ...company } = about;
    const me = `staff:${tx.actor.staffId}`;
    return {
      ...status,
      company,
      cutOffPassed,
      approval: {
        ...approval,
        given: approval.given.map((one) => ({
          ...one,
          who: people.get(one.person) ?? one.person,
          mine: one.person === me,
        })),
      },
      orders,
      events: history.map(({ person, ...event }) => ({
        ...event,
        who: people.get(person) ?? person,
      })),
    };
  });
}

async function listOrders({ db }: TxContext, run: Run) {
  return await db
    .select({
      id: runOrders.id,
      step: runOrders.step,
      reason: runOrders.reason,
      who: staff.name,
      orderedAt: runOrders.orderedAt,
      startedAt: runOrders.startedAt,
      finishedAt: runOrders.finishedAt,
      outcome: runOrders.outcome,
      detail: runOrders.detail,
      /** Since it was ordered, or until it was done. */
      seconds: sql<number>`extract(epoch from
        coalesce(${runOrders.finishedAt}, clock_timestamp()) - ${runOrders.orderedAt})::int`,
    })
    .from(runOrders)
    .innerJoin(staff, eq(staff.id, runOrders.orderedBy))
    .where(and(eq(runOrders.companyId, run.companyId), eq(runOrders.runId, run.id)))
    .orderBy(desc(runOrders.orderedAt), desc(runOrders.id))
    .limit(ORDERS_SHOWN);
}

async function listHistory({ db }: TxContext, run: Run) {
  const rows = await db.execute<{ at: string; action: string; kind: string; id: string | null }>(
    sql`select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, action,
      actor_kind as kind, actor_id as id
    from run_history(${run.companyId}::smallint, ${run.id})`,
  );
  return rows.map(({ at, action, kind, id }) => ({
    at: new Date(at),
    action,
    person: kind === "staff" ? `staff:${id}` : `shell:${id}`,
  }));
}

/** Name by `staff:<id>` or `shell:<user>`; what is not known keeps its own words. */
export async function namesOf(
  { db }: TxContext,
  people: readonly string[],
): Promise<Map<string, string>> {
  const ids = [
    ...new Set(people.filter((one) => one.startsWith("staff:")).map((one) => one.slice(6))),
  ];
  const names = new Map(people.map((one) => [one, one.replace(/^(shell|staff):/, "")]));
  if (ids.length > 0) {
    const known = await db
      .select({ id: staff.id, name: staff.name })
      .from(staff)
      .where(inArray(staff.id, ids));
    for (const { id, name } of known) {
      names.set(`staff:${id}`, name);
    }
  }
  return names;
}
