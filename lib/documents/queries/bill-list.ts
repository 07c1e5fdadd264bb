import {
  and,
  asc,
  between,
  desc,
  eq,
  gte,
  ilike,
  isNull,
  lte,
  or,
  type SQL,
  type SQLWrapper,
  sql,
} from "drizzle-orm";
import { companies, documents } from "@/db/schema";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { someMandateEnds } from "@/lib/contracts/queries/mandate-ends";
import { readSearch } from "../bill-search";
import type { PaymentWord } from "../rules";
import type { BillFilter, BillPages, BillPlace, BillWay } from "../schema";
import { visibleDocuments } from "../scope";
import { someWithdrawn } from "./withdrawals";

/** How many bills a page of the archive shows. */
const BILLS_PER_PAGE = 24;
/** More contracts are found by the search, not by a list to choose from. */
const MOST_CONTRACTS = 100;

export const onList = {
  id: documents.id,
  kind: documents.kind,
  billNumber: documents.billNumber,
  contractNumber: documents.contractNumber,
  commodity: documents.commodity,
  companyName: companies.name,
  issueDate: documents.issueDate,
  dueDate: documents.dueDate,
  periodFrom: documents.periodFrom,
  periodTo: documents.periodTo,
  totalCents: documents.totalCents,
  paymentStatus: documents.paymentStatus,
};

type Document = typeof documents.$inferSelect;
export type BillListItem = Pick<Document, Exclude<keyof typeof onList, "companyName">> & {
  companyName: string;
};

/** A page of documents, newest first, and where the pages beside it go on; null where there is none. */
export interface BillList {
  bills: BillListItem[];
  newer: BillPlace | null;
  older: BillPlace | null;
}

interface AskedPage extends BillPages {
  filter?: BillFilter;
  limit?: number;
}

/** One page of the actor's documents, by their place and not by a count. Withdrawn ones are not among them (R21). */
export async function listBills(ctx: Context, asked: AskedPage = {}): Promise<BillList> {
  return await inTransaction(ctx, (tx) => readPage(tx, asked));
}

/** What the archive can be asked for: only what the actor has. */
export interface BillFacets {
  /** Of issue, newest first. */
  years: number[];
  kinds: Document["kind"][];
  states: PaymentWord[];
  /** The first hundred, by number. */
  contracts: { id: string; number: string; commodity: Document["commodity"] }[];
}

type ArchiveFacts = BillFacets & { mandateEnds: boolean; withdrawn: boolean } & Record<
    string,
    unknown
  >;

/**
 * A page of the archive in two statements: the documents, and what else its page needs to know. `news` says what
 * it has to look for: most of the time nothing.
 */
export async function openArchive(
  ctx: Context,
  asked: AskedPage,
): Promise<BillList & { facets: BillFacets; news: { mandateEnds: boolean; withdrawn: boolean } }> {
  return await inTransaction(ctx, async (tx) => {
    // At once: they travel together, and the second is not waited for anew.
    const [page, [row]] = await Promise.all([
      readPage(tx, asked),
      tx.db.execute<ArchiveFacts>(sql`
      with mine as materialized (
        select ${documents.contractId}, ${documents.contractNumber}, ${documents.commodity}, ${documents.kind},
          extract(year from ${documents.issueDate})::int as year, ${paymentState} as state
        from ${documents} where ${visibleDocuments(tx.actor) ?? sql`true`} and ${documents.withdrawnAt} is null
      )
      select array(select distinct year from mine order by year desc) as years,
        array(select distinct kind from mine) as kinds, array(select distinct state from mine) as states,
        (select coalesce(json_agg(c), '[]') from (
          select contract_id as id, max(contract_number) as number, max(commodity) as commodity from mine
          group by contract_id order by number, id limit ${MOST_CONTRACTS}) c) as contracts,
        ${someMandateEnds(tx.actor)} as "mandateEnds", ${someWithdrawn(tx.actor)} as withdrawn`),
    ]);
    const { years = [], kinds = [], states = [], contracts = [] } = row ?? {};
    return {
      ...page,
      facets: { years, kinds, states, contracts },
      news: { mandateEnds: row?.mandateEnds ?? false, withdrawn: row?.withdrawn ?? false },
    };
  });
}

async function readPage(
  tx: TxContext,
  { filter = {}, after, before, limit = BILLS_PER_PAGE }: AskedPage,
): Promise<BillList> {
  const backwards = before !== undefined && after === undefined;
  const rows = await billRows(tx, { filter, after, before, limit: limit + 1 });
  const bills = rows.slice(0, limit);
  if (backwards) {
    bills.reverse();
  }
  const [first, last] = [bills[0], bills.at(-1)];
  const more = rows.length > limit;
  const place = (bill: BillListItem | undefined) =>
    bill ? { issueDate: bill.issueDate, id: bill.id } : null;
  return {
    bills,
    newer: backwards ? (more ? place(first) : null) : after ? place(first) : null,
    older: backwards || more ? place(last) : null,
  };
}

/** The documents of a page; those before a place begin with the oldest of them. */
export async function billRows(
  { db, actor }: TxContext,
  { filter = {}, after, before, limit }: AskedPage & { limit: number },
): Promise<BillListItem[]> {
  const backwards = before !== undefined && after === undefined;
  const order = backwards ? asc : desc;
  return await db
    .select(onList)
    .from(documents)
    .innerJoin(companies, eq(companies.id, documents.companyId))
    .where(
      and(
        visibleDocuments(actor),
        matching(filter),
        after && sql`${place} < (${after.issueDate}::date, ${after.id}::uuid)`,
        backwards ? sql`${place} > (${before.issueDate}::date, ${before.id}::uuid)` : undefined,
      ),
    )
    .orderBy(order(documents.issueDate), order(documents.id))
    .limit(limit);
}

/** A row comparison, so that a page further back begins there in each contract's index. */
export const place = sql`(${documents.issueDate}, ${documents.id})`;

/** A document's payment in a word, as `paymentWord` tells it. */
const paymentState = sql`case when ${documents.paymentStatus} in ('paid', 'refunded') then ${documents.paymentStatus}
  when ${documents.totalCents} < 0 then 'in_your_favour' when ${documents.totalCents} = 0 then 'nothing'
  else ${documents.paymentStatus} end`;

/** Valid documents that a filter lets through; whose they are is the scope's to say. */
export function matching({ year, contract, kind, state, way, q }: BillFilter): SQL | undefined {
  return and(
    isNull(documents.withdrawnAt),
    year ? between(documents.issueDate, `${year}-01-01`, `${year}-12-31`) : undefined,
    contract ? eq(documents.contractId, contract) : undefined,
    kind ? eq(documents.kind, kind) : undefined,
    state ? sql`${paymentState} = ${state}` : undefined,
    way ? wentOut(way) : undefined,
    q ? found(q) : undefined,
  );
}

const wentOut = (way: BillWay) => sql`exists (select from dispatches d
  where d.company_id = ${documents.companyId} and d.contract_id = ${documents.contractId}
    and d.document_id = ${documents.id} and d.channel = ${way === "paper" ? "paper" : "email"})`;

function found(typed: string): SQL | undefined {
  const { text, cents, days, month } = readSearch(typed);
  const part = `%${text.replace(/[\\%_]/g, "\\$&")}%`;
  const monthOf = (day: SQLWrapper) =>
    sql`(extract(year from ${day}) * 12 + extract(month from ${day}))`;
  return or(
    ilike(documents.billNumber, part),
    ilike(documents.contractNumber, part),
    cents ? between(sql`abs(${documents.totalCents})`, cents.from, cents.to) : undefined,
    days ? and(lte(documents.periodFrom, days.to), gte(documents.periodTo, days.from)) : undefined,
    // The first such month from the period's beginning on is in it.
    month
      ? sql`(${month + 12} - extract(month from ${documents.periodFrom})::int) % 12
          <= ${monthOf(documents.periodTo)} - ${monthOf(documents.periodFrom)}`
      : undefined,
  );
}
