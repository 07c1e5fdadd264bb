import { type SQL, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import type { Company } from "@/lib/companies/queries";
import { takesDocuments } from "@/lib/runs/rules";
import { BILL_COLUMNS, PDF_COLUMNS } from "../bill-columns";
import { type FaultList, shown } from "../errors";
import { addFaults, type StagedColumns, type Staging } from "../staging";
import type { LoadedTarget } from "./bill-target";

/** What a published document may not change any more (R21), by its column in the file. */
const FIXED = {
  kind: "kind",
  issue_date: "issue_date",
  due_date: "due_date",
  period_from: "period_from",
  period_to: "period_to",
  total_eur: "total_cents",
  consumption: "consumption",
  consumption_unit: "consumption_unit",
  estimated: "estimated",
  discount_eur: "discount_cents",
};

/** Facts of a bill that come from the file, as columns of both tables. */
export const BILL_FACTS = [...Object.values(FIXED), "payment_status"];

const firstDifference = sql.raw(
  `case ${Object.entries(FIXED)
    .map(([column, fact]) => `when d.${fact} is distinct from s.${fact} then '${column}'`)
    .join(" ")} end`,
);

const READ = {
  contract_number: "text",
  ...BILL_COLUMNS,
  ...PDF_COLUMNS,
} satisfies StagedColumns["read"];

/** How bills are staged; what the checks find out comes with the pass that finds it. */
export const BILL_STAGING = { read: READ, judged: {} };

const factsOf = (alias: string) =>
  sql.raw(BILL_FACTS.map((column) => `${alias}.${column}`).join(", "));

/**
 * Finds each staged bill's contract and earlier document, and what speaks against taking it over. A
 * withdrawn document is none: a bill with its number comes in its place (R21). One that a cancelled
 * run left unpublished is taken over: it moves to where the bill goes now. A row without a contract's number
 * waits and is judged no further. A kind may judge other `rows` than those staged, in their place, and stage columns
 * of its own, `alsoKept`, beside a bill's; the rows as they were read are kept then. `placeOf` says where in its files
 * a line is.
 */
export async function checkBills(
  db: Transaction,
  company: Company,
  target: LoadedTarget,
  staging: Staging,
  faults: FaultList,
  others?: { rows: SQL; alsoKept: readonly string[]; placeOf(line: SQL): SQL },
): Promise<void> {
  const { rows, alsoKept } = others ?? { rows: staging.table, alsoKept: [] };
  await staging.replaceBy(db, judged(company, rows, alsoKept), others !== undefined);
  const staged = staging.table;
  const first = sql`seen.first`;
  await addFaults(
    db,
    faults,
    sql`select s.line, s.bill_number, ${others?.placeOf(first) ?? sql`'line ' || ${first}`} as place from ${staged} s join (
        select bill_number, min(line) as first from ${staged} group by 1 having count(*) > 1
      ) seen on seen.bill_number = s.bill_number where s.line > seen.first order by s.line`,
    ({ bill_number, place }) => ({
      column: "bill_number",
      reason: `${bill_number} stands in ${place} already`,
    }),
  );
  await addFaults(
    db,
    faults,
    sql`select line, contract_number from ${staged}
      where contract_id is null and contract_number is not null order by line`,
    ({ contract_number }) => ({
      column: "contract_number",
      reason: `${company.slug} has no contract ${shown(String(contract_number))}; import it first`,
    }),
  );
  await checkEarlierDocuments(db, company, target, staged, faults);
  if (target.kind === "run") {
    await checkPlan(db, target, staged, faults);
  }
  await checkHolders(db, company, staged, faults);
}

/** What a file does not tell of the payment stays as it is: an e-invoice tells nothing of it. */
const PAID = "coalesce(s.payment_status, d.payment_status, 'open')";

const told = sql.raw([...Object.values(FIXED).map((fact) => `s.${fact}`), PAID].join(", "));

/** Contract, earlier document and fate of every row in one pass. */
const judged = (company: Company, staged: SQL, alsoKept: readonly string[]) => sql`
  select s.line, ${sql.raw(
    [...Object.keys(READ), ...alsoKept]
      .map((column) => (column === "payment_status" ? `${PAID} as ${column}` : `s.${column}`))
      .join(", "),
  )},
    c.id as contract_id, c.held_since, coalesce(d.id, uuidv7()) as document_id,
    d.id is not null as exists_already, d.storage_key as old_key,
    coalesce(d.published_at is null and r.state = 'cancelled', false) as taken_over,
    false as pdf_changed, null::text as pdf_key, s.line as batch_at,
    case when d.id is null then 'added'
      when d.published_at is null and r.state = 'cancelled'
        or (${factsOf("d")}) is distinct from (${told}) then 'changed'
      else 'unchanged' end as fate
  from ${staged} s
  left join contracts c on c.company_id = ${company.id} and c.contract_number = s.contract_number
  left join documents d on d.company_id = ${company.id} and d.bill_number = s.bill_number
    and d.withdrawn_at is null
  left join invoicing_runs r on r.company_id = d.company_id and r.id = d.run_id`;

async function checkEarlierDocuments(
  db: Transaction,
  company: Company,
  { kind, run }: LoadedTarget,
  staged: SQL,
  faults: FaultList,
): Promise<void> {
  const rows = sql`select s.line, s.bill_number, s.taken_over, d.contract_number as earlier_contract,
      d.contract_id = s.contract_id as same_contract,
      d.origin as earlier_origin, r.name as earlier_run,
      d.origin = ${kind} and d.run_id is not distinct from ${run?.id ?? null}::uuid as same_target,
      case when d.published_at is not null then ${firstDifference} end as changed
    from ${staged} s
    join documents d on d.company_id = ${company.id} and d.bill_number = s.bill_number
      and d.withdrawn_at is null
    left join invoicing_runs r on r.company_id = d.company_id and r.id = d.run_id
    where s.contract_id is not null`;
  await addFaults(
    db,
    faults,
    sql`select * from (${rows}) compared
      where same_contract is false or not (same_target or taken_over) or changed is not null
      order by line`,
    (row) => {
      if (row.changed !== null && row.same_contract) {
        return {
          column: String(row.changed),
          reason: `${row.bill_number} is published, so only its payment_status may still change`,
        };
      }
      const place = row.earlier_run === null ? row.earlier_origin : `run ${row.earlier_run}`;
      return {
        column: "bill_number",
        reason: row.same_contract
          ? `${row.bill_number} was imported before, into: ${place}`
          : `${row.bill_number} belongs to contract ${row.earlier_contract} already`,
      };
    },
  );
}

/** R15: a run's document needs its contract's plan row; none is added once the run is published. */
async function checkPlan(
  db: Transaction,
  { run }: Extract<LoadedTarget, { kind: "run" }>,
  staged: SQL,
  faults: FaultList,
): Promise<void> {
  if (!takesDocuments(run.state)) {
    await addFaults(
      db,
      faults,
      sql`select line from ${staged}
        where contract_id is not null and (not exists_already or taken_over)
        order by line`,
      () => ({ reason: `run ${run.name} is ${run.state} and takes no more bills; use --single` }),
    );
    return;
  }
  await addFaults(
    db,
    faults,
    sql`select line, contract_number from ${staged} s
      where contract_id is not null and not exists (
        select from delivery_plans p where p.company_id = ${run.companyId}
          and p.run_id = ${run.id} and p.contract_id = s.contract_id)
      order by line`,
    ({ contract_number }) => ({
      column: "contract_number",
      reason: `${contract_number} is not in the delivery plan of run ${run.name}; use --single`,
    }),
  );
}

/**
 * R5: what was issued, or supplied to the end, before a contract changed hands is the former holder's,
 * whichever way it comes in: it must not be filed under the new one.
 */
async function checkHolders(
  db: Transaction,
  company: Company,
  staged: SQL,
  faults: FaultList,
): Promise<void> {
  await addFaults(
    db,
    faults,
    sql`select s.line, c.held_since::text as held_since,
        case when s.issue_date < c.held_since then 'issue_date' else 'period_to' end as early
      from ${staged} s join contracts c on c.company_id = ${company.id} and c.id = s.contract_id
      where not s.exists_already and least(s.issue_date, s.period_to) < c.held_since
        and (c.held_since > c.starts_on or exists (
          select from delivery_choices dc where dc.company_id = c.company_id
            and dc.contract_id = c.id and dc.origin = 'holder_changed'))
      order by s.line`,
    ({ early, held_since }) => ({
      column: String(early),
      reason: `is before the contract changed hands on ${held_since}: the bill is the former holder's, so leave it out and send it on paper`,
    }),
  );
}
