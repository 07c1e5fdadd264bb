import { type SQL, sql } from "drizzle-orm";
import type { StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { ForbiddenError } from "@/lib/errors";
import { FALLBACKS, mayWorkDispatches, type WorklistKind } from "../rules";
import { latestSafeDay } from "../scope";

/** Bills on a page of the list. */
const PER_PAGE = 50;

/** A bill that could not be delivered, and what is known of it. */
export interface UndeliveredBill {
  dispatchId: string;
  documentId: string;
  kind: WorklistKind;
  billNumber: string;
  contractNumber: string;
  holderName: string;
  companyName: string;
  email: string | null;
  /** Why, by a code of ours or of the provider. */
  failure: string | null;
  latestSafeOn: string;
  /** What staff did last; null where nobody has. */
  order: { kind: "resend" | "paper" | "note"; outcome: string | null; at: Date } | null;
}

export interface Worklist {
  bills: UndeliveredBill[];
  counts: Record<WorklistKind, number>;
  /** The row after which the next page begins; null on the last one. */
  next: string | null;
}

interface WorklistChoice {
  /** Slug. */
  company?: string;
  /** Name of a run, of the company. */
  run?: string;
  kind?: WorklistKind;
  after?: string;
}

/**
 * What could not be delivered, the latest first: what the provider did not take or the mailbox refused for
 * now, batches set aside (R17), and bills that went on paper instead and of which nobody has noted or done anything
 * since (R19). Withdrawn ones are nobody's work (R21).
 * @throws {ForbiddenError} for a role we do not know
 */
export async function listUndelivered(
  ctx: Context<StaffActor>,
  choice: WorklistChoice,
): Promise<Worklist> {
  if (!mayWorkDispatches(ctx.actor)) {
    throw new ForbiddenError("work on dispatches");
  }
  return await inTransaction(ctx, async ({ db }) => {
    const counted = await db.execute<{ kind: WorklistKind; bills: number }>(sql`
      select d.kind, count(*)::int as bills ${undelivered({ ...choice, after: undefined, kind: undefined })}
      group by d.kind`);
    const rows = await db.execute<
      Record<string, unknown> &
        Omit<UndeliveredBill, "order"> & {
          order: { kind: "resend" | "paper" | "note"; outcome: string | null; ms: number } | null;
        }
    >(sql`
      select d.id as "dispatchId", d.document_id as "documentId", d.kind,
        doc.bill_number as "billNumber", doc.contract_number as "contractNumber",
        h.name as "holderName", co.name as "companyName", d.email, d.failure,
        ${latestSafeDay}::text as "latestSafeOn",
        (select json_build_object('kind', o.kind, 'outcome', o.outcome,
            'ms', extract(epoch from o.ordered_at) * 1000)
          from dispatch_orders o where o.company_id = d.company_id and o.contract_id = d.contract_id
            and o.document_id = d.document_id
          order by o.ordered_at desc limit 1) as order
      ${undelivered(choice)}
      order by d.id desc limit ${PER_PAGE + 1}`);
    const bills = rows.slice(0, PER_PAGE).map(({ order, ...bill }) => ({
      ...bill,
      order: order && { kind: order.kind, outcome: order.outcome, at: new Date(order.ms) },
    }));
    const counts = { failed: 0, bounced: 0, set_aside: 0, on_paper: 0 };
    for (const { kind, bills: count } of counted) {
      counts[kind] = count;
    }
    return {
      bills,
      counts,
      next: rows.length > PER_PAGE ? (bills.at(-1)?.dispatchId ?? null) : null,
    };
  });
}

const FALLBACK_LIST = sql.join(
  FALLBACKS.map((reason) => sql`${reason}`),
  sql`, `,
);

/** Each part by the index that has just these. */
const undelivered = ({ company, run, kind, after }: WorklistChoice): SQL => sql`
  from companies co
  cross join lateral (
    select d.*, d.state as kind from dispatches d
    where d.company_id = co.id and d.state in ('failed', 'bounced')
    union all
    select d.*, 'set_aside' from dispatch_batches b
    join dispatches d on d.company_id = b.company_id and d.batch_id = b.id and d.state = 'batched'
    where b.company_id = co.id and b.state = 'quarantined'
    union all
    select d.*, 'on_paper' from dispatches d
    where d.company_id = co.id and d.state = 'paper' and d.failure is not null
      and d.failure in (${FALLBACK_LIST})
      and not exists (select from dispatch_orders o where o.company_id = d.company_id
        and o.contract_id = d.contract_id and o.document_id = d.document_id and o.outcome = 'done'
        and o.finished_at >= coalesce((select max(e.occurred_at) from dispatch_events e
          where e.company_id = d.company_id and e.contract_id = d.contract_id
            and e.document_id = d.document_id and e.type = 'turned_to_paper'), '-infinity'))
  ) d
  join documents doc on doc.company_id = d.company_id and doc.contract_id = d.contract_id
    and doc.id = d.document_id and doc.withdrawn_at is null
  join holders h on h.id = doc.holder_id
  where ${company ? sql`co.slug = ${company}` : sql`true`}
    and ${
      run
        ? sql`d.run_id = (select r.id from invoicing_runs r where r.company_id = co.id and r.name = ${run})`
        : sql`true`
    }
    and ${kind ? sql`d.kind = ${kind}` : sql`true`}
    and ${after ? sql`d.id < ${after}` : sql`true`}`;
