import { beforeAll, describe, expect, inject } from "vitest";
import { test, type World } from "../setup/database";
import { SPREAD, WHOLE } from "../setup/keys/distribution";
import { bodyStatements, columnsOf, keyFaults, openParser } from "../setup/keys/statement-keys";
import { EXCEPTIONS, mayMeet } from "../setup/keys/without-keys";

/**
 * Unique keys of rows of contracts that carry the company and not the contract. Partitioned by company they
 * hold as they are; spread by contract, PostgreSQL cannot promise them across nodes, and each tells what would.
 */
const OF_THE_COMPANY: Record<string, string> = {
  contracts_number_unique_in_company:
    "the billing system's number: kept by a small table of numbers, by company, written with the contract",
  documents_bill_number_unique_while_valid:
    "the billing system's number: kept by a small table of numbers, by company, written with the bill",
  dispatches_id_unique:
    "a UUID made by us, by which the provider's events find their dispatch: unique by chance alone; the index stays, not unique, on each node",
  dispatches_place_in_batch:
    "the place in a batch, given out under the batch's lock: the index stays, not unique, on each node",
  dispatch_events_provider_event_once:
    "the provider's id of an event, kept once already by provider_events, which is whole",
};

/** Unique keys without the company. */
const OF_NOBODY: Record<string, string> = {
  self_readings_receipt_code_unique:
    "a code of ten random characters that a customer may tell by telephone: unique by chance alone, 2^50 of them",
  self_reading_photos_storage_key_unique:
    "a random name in the storage, which two photos never share: unique by chance alone",
  import_before_import_id_document_id_pk:
    "what an import changed, by the import that changed it: 30 days, then gone; a document has one contract",
};

interface Key {
  name: string;
  table: string;
  columns: string[];
}

interface Reference extends Key {
  target: string;
  targetColumns: string[];
}

const uniqueKeys = ({ db }: World) =>
  db.execute<Key & Record<string, unknown>>(`
    select i.relname as name, t.relname as table,
      array(select a.attname::text from unnest(x.indkey) with ordinality as k(number, at)
        join pg_attribute a on a.attrelid = t.oid and a.attnum = k.number order by k.at) as columns
    from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
    where x.indisunique and t.relnamespace = 'public'::regnamespace and not t.relispartition`);

const references = ({ db }: World) =>
  db.execute<Reference & Record<string, unknown>>(`
    select c.conname as name, c.conrelid::regclass::text as table,
      array(select attname::text from unnest(c.conkey) with ordinality as k(number, at)
        join pg_attribute on attrelid = c.conrelid and attnum = number order by at) as columns,
      c.confrelid::regclass::text as target,
      array(select attname::text from unnest(c.confkey) with ordinality as k(number, at)
        join pg_attribute on attrelid = c.confrelid and attnum = number order by at) as "targetColumns"
    from pg_constraint c
    where c.contype = 'f' and c.connamespace = 'public'::regnamespace and c.conparentid = 0`);

describe("every table is spread, or whole with a reason", () => {
  test("each table of the migrated schema stands in one of the two lists, and nothing else does", () => {
    const whole = Object.keys(WHOLE).flatMap((tables) => tables.split(" "));
    const listed = [...SPREAD.keys(), ...whole].sort();
    expect(listed).toEqual(Object.keys(inject("columns")).sort());
  });

  test("what is spread has its keys in every row", async ({ world }) => {
    const optional = await world.db.execute<{ name: string }>(`
      select c.relname || '.' || a.attname as name
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
      where c.relnamespace = 'public'::regnamespace and c.relkind <> 'v' and not a.attnotnull`);
    const keys = [...SPREAD].flatMap(([table, { company, contract }]) =>
      [company, contract].filter(Boolean).map((column) => `${table}.${column}`),
    );
    const names = new Set(optional.map(({ name }) => name));
    expect(keys.filter((key) => names.has(key))).toEqual([]);
    const columns = columnsOf(inject("columns"));
    const known = keys.filter((key) => {
      const [table = "", column = ""] = key.split(".");
      return columns.get(table)?.has(column);
    });
    expect(known).toEqual(keys);
  });
});

describe("every unique key and every reference carries the keys", () => {
  test("unique keys of spread tables; those of the company, and of nobody, are listed", async ({
    world,
  }) => {
    const without = (await uniqueKeys(world)).flatMap(({ name, table, columns }) => {
      const keys = SPREAD.get(table);
      if (
        !keys ||
        (columns.includes(keys.company) && columns.includes(keys.contract ?? keys.company))
      ) {
        return [];
      }
      return [{ name, company: columns.includes(keys.company) }];
    });
    const names = (company: boolean) =>
      without
        .filter((key) => key.company === company)
        .map(({ name }) => name)
        .sort();
    expect(names(true)).toEqual(Object.keys(OF_THE_COMPANY).sort());
    expect(names(false)).toEqual(Object.keys(OF_NOBODY).sort());
  });

  test("references between spread tables lead from key to key", async ({ world }) => {
    const faults = (await references(world)).flatMap(({ name, table, columns, ...reference }) => {
      const [from, to] = [SPREAD.get(table), SPREAD.get(reference.target)];
      if (!from || !to) {
        return [];
      }
      const leads = (column: string, target: string) =>
        columns.some((one, at) => one === column && reference.targetColumns[at] === target);
      const carried =
        leads(from.company, to.company) &&
        (!to.contract || leads(from.contract ?? "", to.contract));
      return carried ? [] : [name];
    });
    expect(faults).toEqual([]);
  });
});

describe("every join carries the keys", () => {
  const columns = () => columnsOf(inject("columns"));
  beforeAll(openParser);

  test.for([
    ["select from documents d join dispatches s on s.document_id = d.id", 2],
    ["select from documents d join dispatches s using (company_id, contract_id)", 0],
    [
      "select from documents d, dispatches s where (d.company_id, d.contract_id) = (s.company_id, s.contract_id)",
      0,
    ],
    [
      "select from documents d join dispatches s on s.company_id = d.company_id and s.document_id = d.id",
      1,
    ],
    ["select from documents where id in (select document_id from dispatches)", 2],
    [
      "select from documents where (company_id, contract_id) in (select company_id, contract_id from dispatches)",
      0,
    ],
    [
      "select from documents d where exists (select from dispatches s where s.document_id = d.id)",
      2,
    ],
    [
      "select from documents d where not exists (select from dispatches s where s.company_id = d.company_id and s.contract_id = d.contract_id)",
      0,
    ],
    [
      "with sent as (select document_id from dispatches) select from sent join documents d on d.id = document_id",
      2,
    ],
    ["delete from bill_line_sets l using documents d where d.id = l.document_id", 2],
    [
      "update documents d set kind = 'bill' from contracts c where c.company_id = d.company_id and c.id = d.contract_id",
      0,
    ],
    [
      "select from documents d join contracts c on c.id = d.contract_id where d.company_id = $1 and c.company_id = $1",
      0,
    ],
    [
      "select from documents d join contracts c on c.id = d.contract_id or c.company_id = d.company_id",
      2,
    ],
    [
      "select from dispatches s join dispatch_batches b on b.company_id = s.company_id and b.id = s.batch_id",
      0,
    ],
    ["select from dispatches s join dispatch_batches b on b.id = s.batch_id", 1],
    [
      "select from documents d join companies c on c.id = d.company_id join accounts a on a.holder_id = d.holder_id",
      0,
    ],
  ] as const)("seen by the parser: %s", ([statement, faults]) => {
    expect(keyFaults(statement, columns())).toHaveLength(faults);
  });

  test("in the policies of row-level security", async ({ world }) => {
    const policies = await world.db.execute<{ table: string; condition: string }>(`
      select polrelid::regclass::text as table, condition
      from pg_policy, lateral (values (pg_get_expr(polqual, polrelid)),
        (pg_get_expr(polwithcheck, polrelid))) as both_of(condition)
      where condition is not null`);
    expect(policies.length).toBeGreaterThan(100);
    expect(
      withoutKeys(policies.map((one) => `select from ${one.table} where ${one.condition}`)),
    ).toEqual([]);
  });

  test("in the functions of the database", async ({ world }) => {
    const functions = await world.db.execute<{
      language: string;
      body: string;
      definition: string;
    }>(`
      select l.lanname as language, p.prosrc as body, pg_get_functiondef(p.oid) as definition
      from pg_proc p join pg_language l on l.oid = p.prolang
      where p.pronamespace = 'public'::regnamespace and l.lanname in ('sql', 'plpgsql') and p.prokind = 'f'`);
    expect(functions.length).toBeGreaterThan(50);
    const statements = functions.flatMap(({ language, body, definition }) =>
      language === "sql" ? [body] : bodyStatements(definition),
    );
    expect(withoutKeys(statements)).toEqual([]);
  });

  test("each exception has its reason", () => {
    for (const { because } of EXCEPTIONS) {
      expect(because.length).toBeGreaterThan(40);
    }
  });

  const withoutKeys = (statements: string[]) =>
    statements.flatMap((statement) =>
      keyFaults(statement, columns()).filter((fault) => !mayMeet(statement, fault)),
    );
});
