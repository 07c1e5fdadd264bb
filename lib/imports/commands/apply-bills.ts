import { type SQL, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import type { SystemActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
import type { Company } from "@/lib/companies/queries";
import { publishDocuments } from "@/lib/documents/commands/publish-documents";
import { takesDocuments } from "@/lib/runs/rules";
import { orStale, StaleChecksError } from "../kind";
import { countFates } from "../staging";
import type { LoadedTarget } from "./bill-target";
import { BILL_FACTS } from "./check-bills";

const fixedFactsOf = (alias: string) =>
  sql.raw(
    BILL_FACTS.filter((column) => column !== "payment_status")
      .map((column) => `${alias}.${column}`)
      .join(", "),
  );
const factsOf = (alias: string) =>
  sql.raw(BILL_FACTS.map((column) => `${alias}.${column}`).join(", "));

/** Where the bills of a batch go, and whose they are. */
interface Destination {
  target: LoadedTarget;
  importId: string;
}

/**
 * Writes a batch of checked bills; returns the storage keys of PDFs that nothing refers to any more once
 * this is committed.
 * @throws {StaleChecksError} if something of it is not as it was checked
 */
export async function applyBills(
  tx: TxContext<SystemActor>,
  company: Company,
  destination: Destination,
  staged: SQL,
): Promise<string[]> {
  const { db } = tx;
  const { target } = destination;
  const expected = await countFates(db, staged);
  if (target.kind === "run" && !takesDocuments(target.run.state)) {
    await requireNoneNew(db, staged);
  }
  const replaced = await change(db, company, destination, staged, expected.changed);
  await add(db, company, destination, staged, expected.added);
  if (target.kind === "single") {
    await holdAccounts(db, company, staged);
    const alone = issuedAlone(company, staged);
    await publishDocuments(tx, alone);
    await keepDecisions(db, alone.modes);
  }
  if (target.kind === "run") {
    // An approval that was given before does not count any more.
    await db.execute(sql`update invoicing_runs
      set state = 'loaded', loaded_at = clock_timestamp()
      where company_id = ${company.id} and id = ${target.run.id} and state in ('frozen', 'loaded')`);
  }
  return replaced;
}

/** R15: the run was published between the checks and here, and takes no more bills. */
async function requireNoneNew(db: Transaction, staged: SQL): Promise<void> {
  const added = sql`select from ${staged} s where fate = 'added' or taken_over limit 1`;
  if ((await db.execute(added)).length > 0) {
    throw new StaleChecksError();
  }
}

/** R7: a deletion at once waits, or is over; it turns what stands here to paper, else the bill goes there. */
async function holdAccounts(db: Transaction, company: Company, staged: SQL): Promise<void> {
  await db.execute(sql`select from accounts where id in (
      select l.account_id from ${staged} s
      join contract_links l on l.company_id = ${company.id} and l.contract_id = s.contract_id)
    order by id for key share`);
}

/** Bills of the archive are visible at once; others with their publication. */
const publishedAtOnce = (kind: LoadedTarget["kind"]) =>
  kind === "archive" ? sql`now()` : sql`null::timestamptz`;

async function change(
  db: Transaction,
  company: Company,
  { target: { kind, run }, importId }: Destination,
  staged: SQL,
  expected: number,
): Promise<string[]> {
  if (expected === 0) {
    return [];
  }
  const same = sql`d.company_id = ${company.id} and d.contract_id = s.contract_id
    and d.id = s.document_id`;
  if (kind === "run") {
    await db.execute(sql`insert into import_before (import_id, company_id, contract_id, document_id, before)
      select ${importId}::uuid, d.company_id, d.contract_id, d.id, jsonb_build_object('document',
        to_jsonb(d), 'lines', (select l.lines from bill_line_sets l
          where l.company_id = d.company_id and l.contract_id = d.contract_id and l.document_id = d.id))
      from ${staged} s join documents d on ${same}
      where s.fate = 'changed' and d.published_at is null`);
  }
  // Lines add up to their bill's total; under another total they would be wrong.
  await db.execute(sql`delete from bill_line_sets l using ${staged} s, documents d
    where s.fate = 'changed' and ${same} and d.total_cents <> s.total_cents
      and l.company_id = d.company_id and l.contract_id = d.contract_id and l.document_id = d.id`);
  const assignments = sql.raw(BILL_FACTS.map((column) => `${column} = s.${column}`).join(", "));
  const { count } = await db.execute(sql`update documents d set ${assignments},
      storage_key = coalesce(s.pdf_key, d.storage_key),
      pdf_bytes = case when s.pdf_key is null then d.pdf_bytes else s.pdf_bytes end,
      origin = case when s.taken_over then ${kind} else d.origin end,
      run_id = case when s.taken_over then ${run?.id ?? null}::uuid else d.run_id end,
      published_at = case when s.taken_over then ${publishedAtOnce(kind)} else d.published_at end,
      import_id = ${importId}::uuid, imported_at = clock_timestamp()
    from ${staged} s
    where s.fate = 'changed' and ${same} and d.withdrawn_at is null
      and d.storage_key is not distinct from s.old_key
      and (d.published_at is null or (${fixedFactsOf("d")}) is not distinct from (${fixedFactsOf("s")}))`);
  requireAll(count, expected);
  if (kind === "run") {
    // They are what a revert brings back.
    return [];
  }
  const replaced = await db.execute<{ old_key: string }>(
    sql`select old_key from ${staged} s where pdf_key is not null and old_key is not null`,
  );
  return replaced.map(({ old_key }) => old_key);
}

function requireAll(done: number, expected: number): void {
  if (done !== expected) {
    throw new StaleChecksError();
  }
}

async function add(
  db: Transaction,
  company: Company,
  { target: { kind, run }, importId }: Destination,
  staged: SQL,
  expected: number,
): Promise<void> {
  const added = sql`insert into documents
      (company_id, contract_id, id, holder_id, bill_number, contract_number, commodity,
        supply_point, supply_address, origin, run_id, storage_key, pdf_bytes, published_at, replaces,
        import_id, ${sql.raw(BILL_FACTS.join(", "))})
    select c.company_id, c.id, s.document_id, c.holder_id, s.bill_number, c.contract_number,
      c.commodity, c.supply_point, c.supply_address, ${kind}, ${run?.id ?? null}::uuid, s.pdf_key,
      case when s.pdf_key is not null then s.pdf_bytes end, ${publishedAtOnce(kind)}, w.id,
      ${importId}::uuid, ${factsOf("s")}
    from ${staged} s
    join contracts c on c.company_id = ${company.id} and c.id = s.contract_id
      and c.held_since = s.held_since
    left join (${withdrawnOf(company)}) w on w.contract_id = s.contract_id
      and w.bill_number = s.bill_number and w.holder_id = c.holder_id
    where s.fate = 'added'
    order by c.id, s.issue_date`;
  // Looking for conflicts first costs an eighth of the whole, and nobody else writes bills meanwhile.
  const insert = () => orStale("documents_bill_number_unique", () => db.execute(added));
  requireAll(expected === 0 ? 0 : (await insert()).count, expected);
}

/** R21: the last withdrawn document of each contract and number, by way of the few that are. */
const withdrawnOf = (company: Company) => sql`
  select distinct on (d.contract_id, d.bill_number) d.contract_id, d.bill_number, d.holder_id, d.id
  from withdrawn_documents x
  join documents d on d.company_id = x.company_id and d.contract_id = x.contract_id
    and d.id = x.document_id
  where x.company_id = ${company.id} and d.withdrawn_at is not null
  order by d.contract_id, d.bill_number, d.withdrawn_at desc`;

/**
 * R15: a bill issued alone takes the mode of its issue instant by the one rule (R10): now, or the
 * end of its issue day in Rome where that is past.
 */
const issuedAlone = (company: Company, staged: SQL) => ({
  which: sql`d.id = m.document_id`,
  modes: sql`
  select ${company.id}::smallint as company_id, s.contract_id, s.document_id, null::uuid as run_id,
    m.mode, m.email, m.choice_id, m.reason
  from (
    select issue_date, array_agg(distinct contract_id) as contracts,
      least(now(), (issue_date + 1)::timestamp at time zone 'Europe/Rome' - interval '1 microsecond')
        as issued_at
    from ${staged} b where fate = 'added' or taken_over group by issue_date
  ) day
  cross join lateral delivery_modes(${company.id}::smallint, day.contracts, day.issued_at) m
  join ${staged} s on s.contract_id = m.contract_id and s.issue_date = day.issue_date
    and (s.fate = 'added' or s.taken_over)`,
});

/** No plan says how a bill issued alone was to go, and why: its timeline does. */
async function keepDecisions(db: Transaction, modes: SQL): Promise<void> {
  await db.execute(sql`
    insert into dispatch_events (company_id, contract_id, document_id, type, occurred_at, detail)
    select company_id, contract_id, document_id, 'decided', now(),
      json_build_object('mode', mode, 'reason', reason)
    from (${modes}) m`);
}
