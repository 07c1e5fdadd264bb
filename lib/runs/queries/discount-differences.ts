import { type SQL, sql } from "drizzle-orm";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { type RunActor, requireRunReader } from "../rules";
import { getRun, type RunReference } from "./run";

/** Differences that are fetched at once. */
const PAGE = 2_000;

/** `unearned`: a discount where the plan row gives none, on paper above all. */
type DifferenceKind = "missing" | "too_little" | "too_much" | "unearned";

/** A bill whose discount is not what its frozen plan row earns (R13). */
export interface DiscountDifference {
  contractNumber: string;
  billNumber: string;
  kind: DifferenceKind;
  /** On the bill. */
  discountCents: number;
  /** What the plan row gives: per bill that much, per year at most that much in twelve months. */
  plannedCents: number;
  basis: "per_year" | "per_bill" | null;
  /** On the contract's bills of the twelve months that end with this one's period; per year only. */
  yearCents: number | null;
}

/**
 * One statement for the whole run, before and after publication. Per bill the discount is the plan
 * row's; per year it is at least a cent, until the bills of twelve months have given the yearly
 * amount. A bill that went on paper because its e-mail did not arrive keeps it, since the plan says
 * electronic. Credit notes, notices and withdrawn bills are left out.
 */
const differencesOf = ({ companyId, id }: { companyId: number; id: string }): SQL => sql`
  select d.contract_number as "contractNumber", d.bill_number as "billNumber", found.kind,
    d.discount_cents as "discountCents", p.discount_cents as "plannedCents",
    p.discount_basis as basis,
    case when p.discount_basis = 'per_year' then (d.discount_cents + year.before)::int end
      as "yearCents",
    d.contract_id, d.id as document_id
  from documents d
  join delivery_plans p on p.company_id = d.company_id and p.run_id = d.run_id
    and p.contract_id = d.contract_id
  left join lateral (
    select coalesce(sum(b.discount_cents), 0) as before
    from documents b
    where p.discount_basis = 'per_year' and b.company_id = d.company_id
      and b.contract_id = d.contract_id and b.holder_id = d.holder_id and b.id <> d.id
      and b.kind in ('bill', 'closing_bill') and b.withdrawn_at is null
      and (b.published_at is not null or b.run_id = d.run_id)
      and b.period_to > d.period_to - interval '12 months'
      and (b.period_to, b.issue_date, b.id) < (d.period_to, d.issue_date, d.id)
  ) year on true
  cross join lateral (select case
      when p.mode = 'paper' or p.discount_cents = 0 then
        case when d.discount_cents > 0 then 'unearned' when d.discount_cents < 0 then 'too_little' end
      when p.discount_basis = 'per_bill' then case
        when d.discount_cents <= 0 then 'missing'
        when d.discount_cents < p.discount_cents then 'too_little'
        when d.discount_cents > p.discount_cents then 'too_much' end
      when d.discount_cents < 0 or d.discount_cents = 0 and year.before < p.discount_cents then 'missing'
      when d.discount_cents > 0 and d.discount_cents + year.before > p.discount_cents then 'too_much'
    end as kind) found
  where d.company_id = ${companyId} and d.run_id = ${id} and d.withdrawn_at is null
    and d.kind in ('bill', 'closing_bill') and found.kind is not null`;

/** How many bills of a run carry another discount than their plan row earns. */
export async function countDifferences(
  { db }: TxContext,
  run: { companyId: number; id: string },
): Promise<number> {
  const [row] = await db.execute<{ found: number }>(
    sql`select count(*)::int as found from (${differencesOf(run)}) differences`,
  );
  return row?.found ?? 0;
}

/**
 * The same count by the run's reference.
 * @throws {NotFoundError} if there is no such run
 * @throws {ForbiddenError} for a role that may not see runs
 */
export async function differenceCount(
  ctx: Context<RunActor>,
  reference: RunReference,
): Promise<number> {
  requireRunReader(ctx.actor);
  return await inTransaction(ctx, async (tx) => countDifferences(tx, await getRun(tx, reference)));
}

type Row = DiscountDifference & { contract_id: string; document_id: string };

/** Some of a run's differences, after a place in their order; the next place is null at the end. */
export async function differencePage(
  { db }: TxContext,
  run: { companyId: number; id: string },
  limit: number,
  after: { contractId: string; documentId: string } | null = null,
) {
  const place = after
    ? sql`(contract_id, document_id) > (${after.contractId}::uuid, ${after.documentId}::uuid)`
    : sql`true`;
  const rows = await db.execute<Row & Record<string, unknown>>(sql`
    select * from (${differencesOf(run)}) differences where ${place}
    order by contract_id, document_id limit ${limit}`);
  const last = rows.length < limit ? undefined : rows.at(-1);
  return {
    differences: rows.map(
      ({ contract_id: _contract, document_id: _document, ...difference }): DiscountDifference =>
        difference,
    ),
    next: last ? { contractId: last.contract_id, documentId: last.document_id } : null,
  };
}

/**
 * Every difference of a run, page by page, for the billing system (R13).
 * @throws {NotFoundError} if there is no such run
 * @throws {ForbiddenError} for a role that may not see runs
 */
export async function* discountDifferences(
  ctx: Context<RunActor>,
  reference: RunReference,
): AsyncGenerator<DiscountDifference> {
  requireRunReader(ctx.actor);
  let after: Awaited<ReturnType<typeof differencePage>>["next"] = null;
  do {
    const from = after;
    const page: Awaited<ReturnType<typeof differencePage>> = await inTransaction(
      ctx,
      async (tx) => await differencePage(tx, await getRun(tx, reference), PAGE, from),
    );
    yield* page.differences;
    after = page.next;
  } while (after !== null);
}
