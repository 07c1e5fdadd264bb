import { type SQL, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import type { SystemActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
import type { Company } from "@/lib/companies/queries";
import { publishDocuments } from "@/lib/documents/commands/publish-documents";
import { countFates } from "../staging";
import type { LoadedTarget } from "./bill-target";
import { BILL_FACTS } from "./check-bills";
import type { ImportOutcome } from "./take-over";

const factsOf = (alias: string) =>
  sql.raw(BILL_FACTS.map((column) => `${alias}.${column}`).join(", "));

/**
 * Writes the checked bills. `replaced` are the storage keys of PDFs that nothing refers to any more
 * once this is committed.
 */
export async function applyBills(
  tx: TxContext<SystemActor>,
  company: Company,
  target: LoadedTarget,
  staged: SQL,
): Promise<ImportOutcome & { replaced: string[] }> {
  const { db } = tx;
  await judge(db, company, staged);
  const counts = await countFates(db, staged);
  const replaced = await db.execute<{ old_key: string }>(
    sql`select old_key from ${staged} where pdf_key is not null and old_key is not null`,
  );
  await change(db, company, target, staged);
  await add(db, company, target, staged);
  if (target.kind === "single") {
    await holdAccounts(db, company, staged);
    const alone = issuedAlone(company, staged);
    await publishDocuments(tx, alone);
    await keepDecisions(db, alone.modes);
  }
  if (target.kind === "run" && counts.added + counts.changed > 0) {
    // An approval that was given before does not count any more.
    await db.execute(sql`update invoicing_runs
      set state = 'loaded', loaded_at = clock_timestamp()
      where company_id = ${company.id} and id = ${target.run.id} and state in ('frozen', 'loaded')`);
  }
  return { ...counts, replaced: replaced.map(({ old_key }) => old_key) };
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

async function judge(db: Transaction, company: Company, staged: SQL): Promise<void> {
  await db.execute(sql`update ${staged} s
    set fate = case when s.taken_over or s.pdf_changed or (${factsOf("d")}) is distinct from (${factsOf("s")})
      then 'changed' else 'unchanged' end
    from documents d
    where s.exists_already and d.company_id = ${company.id} and d.contract_id = s.contract_id
      and d.id = s.document_id`);
  await db.execute(sql`update ${staged} set fate = 'added' where not exists_already`);
  // A replaced PDF gets a key of its own: the old one stays readable if this is rolled back.
  await db.execute(sql`update ${staged} set pdf_key = ${company.id}::text
      || '/' || to_char(issue_date, 'YYYY') || '/' || document_id
      || case when old_key is null then '' else '-' || left(uuidv4()::text, 8) end || '.pdf'
    where document is not null and (fate = 'added' or pdf_changed)`);
}

async function change(
  db: Transaction,
  company: Company,
  { kind, run }: LoadedTarget,
  staged: SQL,
): Promise<void> {
  // Lines add up to their bill's total; under another total they would be wrong.
  await db.execute(sql`delete from bill_lines l using ${staged} s, documents d
    where s.fate = 'changed' and d.company_id = ${company.id} and d.contract_id = s.contract_id
      and d.id = s.document_id and d.total_cents <> s.total_cents
      and l.company_id = d.company_id and l.contract_id = d.contract_id and l.document_id = d.id`);
  const assignments = sql.raw(BILL_FACTS.map((column) => `${column} = s.${column}`).join(", "));
  await db.execute(sql`update documents d set ${assignments},
      storage_key = coalesce(s.pdf_key, d.storage_key),
      pdf_bytes = case when s.pdf_key is null then d.pdf_bytes else s.pdf_bytes end,
      origin = case when s.taken_over then ${kind} else d.origin end,
      run_id = case when s.taken_over then ${run?.id ?? null}::uuid else d.run_id end,
      published_at = case when s.taken_over then ${publishedAtOnce(kind)} else d.published_at end,
      imported_at = clock_timestamp()
    from ${staged} s
    where s.fate = 'changed' and d.company_id = ${company.id} and d.contract_id = s.contract_id
      and d.id = s.document_id`);
}

async function add(
  db: Transaction,
  company: Company,
  { kind, run }: LoadedTarget,
  staged: SQL,
): Promise<void> {
  await db.execute(sql`insert into documents
      (company_id, contract_id, id, holder_id, bill_number, contract_number, commodity,
        supply_point, supply_address, origin, run_id, storage_key, pdf_bytes, published_at, replaces,
        ${sql.raw(BILL_FACTS.join(", "))})
    select c.company_id, c.id, s.document_id, c.holder_id, s.bill_number, c.contract_number,
      c.commodity, c.supply_point, c.supply_address, ${kind}, ${run?.id ?? null}::uuid, s.pdf_key,
      case when s.pdf_key is not null then s.pdf_bytes end, ${publishedAtOnce(kind)}, w.id, ${factsOf("s")}
    from ${staged} s
    join contracts c on c.company_id = ${company.id} and c.id = s.contract_id
    left join (${withdrawnOf(company)}) w on w.contract_id = s.contract_id
      and w.bill_number = s.bill_number and w.holder_id = c.holder_id
    where s.fate = 'added'`);
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
    from ${staged} where fate = 'added' or taken_over group by issue_date
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
