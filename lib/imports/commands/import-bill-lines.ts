import { type SQL, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { LINE_SECTIONS } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import type { Company } from "@/lib/companies/queries";
import { decimal, euroCents, oneOf, optional, positiveInteger, rowReader, words } from "../cells";
import { readCsv } from "../csv";
import { type FaultList, shown } from "../errors";
import { type ImportInput, type ImportKind, type ImportOutcome, StaleChecksError } from "../kind";
import { addFaults, type StagedColumns } from "../staging";
import { takeOver } from "./take-over";

const CELLS = {
  bill_number: words(40),
  line_number: positiveInteger,
  section: oneOf(LINE_SECTIONS),
  description: words(300),
  quantity: optional(decimal(6, "any")),
  unit: optional(words(20)),
  unit_price_eur: optional(decimal(10, "any")),
  amount_eur: euroCents,
};

const readRow = rowReader(CELLS);

export const BILL_LINE_COLUMNS = Object.keys(CELLS) as (keyof typeof CELLS)[];

const COLUMNS = {
  read: {
    bill_number: "text",
    line_number: "int",
    section: "text",
    description: "text",
    quantity: "numeric",
    unit: "text",
    unit_price_eur: "numeric",
    amount_cents: "int",
  },
  judged: { contract_id: "uuid", document_id: "uuid", total_cents: "int", published: "boolean" },
} satisfies StagedColumns;

const FACTS = "section, description, quantity, unit, unit_price_eur, amount_cents";
const factsOf = (alias: string) => sql.raw(FACTS.replaceAll(/(\w+)(,|$)/g, `${alias}.$1$2`));

export const BILL_LINES: ImportKind<ImportInput> = {
  name: "bill-lines",
  lockOf: ({ id }) => id,
  // They add up to totals that bills may change, and e-invoices write them too.
  lockAs: "bills",
  optionsOf: () => ({}),
  columns: COLUMNS,
  fills: ["bill_line_sets"],
  batchRows: 20_000,
  async *read({ input, faults }) {
    for await (const rows of readCsv(input.file, BILL_LINE_COLUMNS, faults)) {
      yield rows.flatMap((row) => {
        const cells = readRow(row, faults);
        return cells ? [{ line: row.line, ...cells, amount_cents: cells.amount_eur }] : [];
      });
    }
  },
  async check({ db }, { company, faults }, { table }) {
    await checkLines(db, company, table, faults);
    // With a line left out for its own fault, the sums would only confuse.
    if (faults.isEmpty) {
      await checkSums(db, table, faults);
    }
  },
  async apply({ db }, { company }, batch) {
    await applyLines(db, company, batch);
    return [];
  },
};

/**
 * Takes over the lines of bills: all lines of a bill together, and they add up to its total. Lines
 * of a published bill stay as they are once there are any.
 * @throws {ImportRefusedError} with every fault of the file; nothing is changed then
 */
export async function importBillLines(
  ctx: Context<SystemActor>,
  input: ImportInput,
): Promise<ImportOutcome> {
  return await takeOver(ctx, BILL_LINES, input);
}

async function checkLines(
  db: Transaction,
  company: Company,
  staged: SQL,
  faults: FaultList,
): Promise<void> {
  await db.execute(sql`update ${staged} s set contract_id = d.contract_id, document_id = d.id,
      total_cents = d.total_cents, published = d.published_at is not null
    from documents d where d.company_id = ${company.id} and d.bill_number = s.bill_number
      and d.withdrawn_at is null`);
  await addFaults(
    db,
    faults,
    sql`select line, bill_number from ${staged} where document_id is null order by line`,
    ({ bill_number }) => ({
      column: "bill_number",
      reason: `${company.slug} has no bill ${shown(String(bill_number))}; import it first`,
    }),
  );
  await addFaults(
    db,
    faults,
    sql`select line, bill_number, line_number, first from (
        select line, bill_number, line_number,
          min(line) over (partition by bill_number, line_number) as first
        from ${staged}) seen
      where line > first order by line`,
    ({ bill_number, line_number, first }) => ({
      column: "line_number",
      reason: `${line_number} of ${bill_number} stands in line ${first} already`,
    }),
  );
  await judge(db, company, staged);
  await addFaults(
    db,
    faults,
    sql`select min(line) as line, bill_number from ${staged}
      where published and fate = 'changed' group by bill_number order by 1`,
    ({ bill_number }) => ({
      column: "bill_number",
      reason: `${bill_number} is published with other lines, which may not change any more`,
    }),
  );
}

/** Says of each bill's lines whether they are its first, others than before, or the same. */
async function judge(db: Transaction, company: Company, staged: SQL): Promise<void> {
  await db.execute(sql`update ${staged} s set fate = b.fate, batch_at = b.first
    from (
      select coalesce(n.document_id, o.document_id) as document_id, min(n.line) as first,
        case when count(o.document_id) = 0 then 'added'
          when bool_and((${factsOf("n")}) is not distinct from (${factsOf("o")})) then 'unchanged'
          else 'changed' end as fate
      from ${staged} n
      full join (
        select l.* from bill_lines l
        join (select distinct contract_id, document_id from ${staged}) bill
          on l.company_id = ${company.id} and l.contract_id = bill.contract_id
          and l.document_id = bill.document_id
      ) o on o.document_id = n.document_id and o.line_number = n.line_number
      group by 1
    ) b
    where b.document_id = s.document_id`);
}

async function checkSums(db: Transaction, staged: SQL, faults: FaultList): Promise<void> {
  await addFaults(
    db,
    faults,
    sql`select min(line) as line, bill_number, total_cents::text as total, sum(amount_cents)::text as sum
      from ${staged} group by bill_number, total_cents
      having sum(amount_cents) <> total_cents order by 1`,
    ({ bill_number, total, sum }) => ({
      column: "amount_eur",
      reason: `the lines of ${bill_number} add up to ${euro(sum)}, and its total is ${euro(total)}`,
    }),
  );
}

const euro = (cents: string | number | null | undefined) => `${(Number(cents) / 100).toFixed(2)} €`;

async function applyLines(db: Transaction, company: Company, staged: SQL): Promise<void> {
  const bills = sql`(select distinct contract_id, document_id, total_cents, published
    from ${staged} lines)`;
  // Nobody approves or publishes a run while its lines change.
  await db.execute(sql`select from invoicing_runs
    where company_id = ${company.id} and state = 'loaded' and id in (
      select d.run_id from documents d join ${bills} b
        on d.company_id = ${company.id} and d.contract_id = b.contract_id and d.id = b.document_id)
    order by id for no key update`);
  const [stale] = await db.execute(sql`select from ${bills} b
    join documents d on d.company_id = ${company.id} and d.contract_id = b.contract_id
      and d.id = b.document_id
    where d.total_cents <> b.total_cents or d.withdrawn_at is not null
      or (d.published_at is not null) <> b.published limit 1`);
  if (stale) {
    throw new StaleChecksError();
  }
  await db.execute(sql`insert into bill_line_sets (company_id, contract_id, document_id, lines)
    select ${company.id}::smallint, contract_id, document_id,
      jsonb_agg(jsonb_build_array(line_number, ${sql.raw(FACTS)}) order by line_number)
    from ${staged} s group by contract_id, document_id
    on conflict (company_id, contract_id, document_id) do update set lines = excluded.lines`);
  // What was approved were bills with other lines.
  await db.execute(sql`update invoicing_runs r set loaded_at = clock_timestamp()
    where r.company_id = ${company.id} and r.state = 'loaded' and r.id in (
      select d.run_id from ${bills} b
      join documents d on d.company_id = ${company.id} and d.contract_id = b.contract_id
        and d.id = b.document_id)`);
}
