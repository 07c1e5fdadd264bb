import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { connect } from "@/db/client";
import { seedBenchWorld } from "@/db/seed/bench-world";
import type { DatabaseUrls } from "../setup/urls";
import type { ImportOrder, ImportOrders } from "./import-child";
import { billLines, contractLines, writeLines } from "./import-files";
import { writeInvoices } from "./invoice-files";

export type Kind = "bills" | "contracts" | "e-invoices";

/** What is in the database of one file: its rows, and a sum over all they say but their own ids. */
export interface Found {
  rows: number;
  doubled: number;
  digest: string;
}

/** A company with contracts, and files that are imported into it. */
export type ImportWorld = Awaited<ReturnType<typeof importWorld>>;

export async function importWorld(urls: DatabaseUrls, contracts: number) {
  const worker = connect(urls.workerUrl, { max: 2 });
  const superuser = connect(urls.superuserUrl, { max: 2 });
  const { sql } = superuser;
  const { companyId, company } = await seedBenchWorld(worker, { contracts });
  await sql`vacuum analyze`;
  const folder = await mkdtemp(path.join(tmpdir(), "sportello-faults-"));
  let files = 0;

  return {
    company,
    contracts,
    folder,
    sql,

    /**
     * A file of a kind whose rows no other file has, of e-invoices a folder; `mark` is what tells them apart. Bills are
     * of the world's contracts, or of those of another file.
     */
    async newFile(
      kind: Kind,
      rows: number,
      of?: number,
    ): Promise<{ order: ImportOrder; mark: number }> {
      files += 1;
      if (kind === "e-invoices") {
        const into = path.join(folder, `${kind}-${files}`);
        await writeInvoices(worker, into, rows, { prefix: `K${files}-`, waiting: true });
        return { order: { kind, company, file: into }, mark: files };
      }
      const file = path.join(folder, `${kind}-${files}.csv`);
      await writeLines(
        file,
        kind === "bills"
          ? billLines({
              bills: rows,
              contracts,
              prefix: `K${files}-`,
              first: of === undefined ? undefined : { letters: "K", number: of * 1_000_000 },
            })
          : contractLines(rows, files),
      );
      return { order: { kind, company, file }, mark: files };
    },

    orders: (name: string, ...imports: ImportOrder[]): ImportOrders => ({
      imports,
      workerUrl: urls.workerUrl,
      name,
    }),

    /** What is there of a file, said without what marks it: the same of each file of a kind. */
    found(kind: Kind, mark: number): Promise<Found> {
      switch (kind) {
        case "bills":
          return foundBills(`K${mark}-`);
        case "contracts":
          return foundContracts(mark * 1_000_000);
        case "e-invoices":
          return foundInvoices(`K${mark}-`);
      }
    },

    /** What imports leave behind that are over: nothing in `staging`, none under way, one audit row each. */
    async leftOver(file: string): Promise<string[]> {
      const [left] = await sql<{ tables: number; open: string | null; told: number }[]>`
        select (select count(*)::int from pg_class where relnamespace = 'staging'::regnamespace) as tables,
          (select string_agg(state, ', ') from imports
            where state not in ('done', 'failed', 'cancelled')) as open,
          (select count(*)::int from audit_log
            where action in ('imported_bills', 'imported_contracts', 'imported_e_invoices')
              and detail ->> 'fileName' = ${path.basename(file)} and (detail ->> 'added')::int > 0) as told`;
      return [
        ...(left?.tables ? [`${left.tables} tables are left in schema staging`] : []),
        ...(left?.open ? [`an import is left ${left.open}`] : []),
        ...(left?.told === 1 ? [] : [`the audit log tells of ${left?.told} imports that added it`]),
      ];
    },

    /** How far the import of a file is, as its record says. */
    async stateOf(file: string): Promise<string> {
      const [record] = await sql<{ state: string }[]>`
        select state from imports where path = ${file} order by id desc limit 1`;
      return record?.state ?? "nothing";
    },

    /** A killed process's statement goes on until it would answer: waits until it is rolled back. */
    async untilGone(name: string): Promise<void> {
      for (let rest = 6_000; rest > 0; rest -= 1) {
        const alive = await sql`select from pg_stat_activity where application_name = ${name}`;
        if (alive.length === 0) {
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      throw new Error(`the connections of ${name} are still there after a minute`);
    },

    async close(): Promise<void> {
      await Promise.all([worker.close(), superuser.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };

  async function foundBills(prefix: string): Promise<Found> {
    const [found] = await sql<Found[]>`
      select count(*)::int as rows, (count(*) - count(distinct bill_number))::int as doubled,
        md5(coalesce(string_agg(concat_ws('|', substr(bill_number, length(${prefix}) + 1), kind,
          right(contract_number, 6), (select c.contract_number = d.contract_number and c.holder_id = d.holder_id
            from contracts c where c.company_id = d.company_id and c.id = d.contract_id),
          issue_date, due_date, period_from, period_to, total_cents, consumption, consumption_unit,
          estimated, discount_cents, payment_status, origin, published_at is not null),
          chr(10) order by bill_number), '')) as digest
      from documents d where company_id = ${companyId} and starts_with(bill_number, ${prefix})`;
    return must(found);
  }

  /** Bills with their lines, and those that wait; of both together how many. */
  async function foundInvoices(prefix: string): Promise<Found> {
    const bills = await foundBills(prefix);
    const [more] = await sql<{ waiting: number; digest: string }[]>`
      select (select count(*)::int from waiting_invoices
          where company_id = ${companyId} and starts_with(bill_number, ${prefix})) as waiting,
        md5(concat((select string_agg(substr(d.bill_number, length(${prefix}) + 1) || l.lines, chr(10) order by d.bill_number)
            from bill_line_sets l join documents d on d.company_id = l.company_id
              and d.contract_id = l.contract_id and d.id = l.document_id
            where d.company_id = ${companyId} and starts_with(d.bill_number, ${prefix})),
          (select string_agg(concat_ws('|', substr(bill_number, length(${prefix}) + 1), issue_date, total_cents,
              named, reason), chr(10) order by bill_number)
            from waiting_invoices
            where company_id = ${companyId} and starts_with(bill_number, ${prefix})))) as digest`;
    const { waiting, digest } = must(more);
    return { ...bills, rows: bills.rows + waiting, digest: `${bills.digest} ${digest}` };
  }

  async function foundContracts(first: number): Promise<Found> {
    const last = first + 999_999;
    const [found] = await sql<Found[]>`
      with mine as (select *, substr(contract_number, 2)::int - ${first} as n from contracts
        where company_id = ${companyId} and contract_number ~ '^K[0-9]+$'
          and substr(contract_number, 2)::int between ${first} and ${last})
      select (select count(*)::int from mine) as rows,
        ((select count(*) - count(distinct contract_number) from mine)
          + (select count(*) - count(distinct (contract_id, reference)) from mandates
            where (company_id, contract_id) in (select company_id, id from mine))
          + (select count(*) - count(distinct tax_id) from holders))::int as doubled,
        md5(coalesce(string_agg(concat_ws('|', c.n, h.tax_id::bigint - ${first}, h.name, h.language,
          c.commodity, c.supply_address, c.billing_address, c.product, c.contracted_power_kw,
          c.available_power_kw, c.annual_consumption, c.starts_on, c.held_since,
          m.iban, m.debtor, m.creditor_id, m.status, m.since), chr(10) order by c.n), '')) as digest
      from mine c join holders h on h.id = c.holder_id
      join mandates m on m.company_id = c.company_id and m.contract_id = c.id
        and m.holder_id = c.holder_id`;
    return must(found);
  }
}

function must<T>(found: T | undefined): T {
  if (!found) {
    throw new Error("the database returned no row");
  }
  return found;
}
