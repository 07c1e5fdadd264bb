import path from "node:path";
import { BILL_LINE_COLUMNS } from "@/lib/imports/commands/import-bill-lines";
import { CHOICE_COLUMNS } from "@/lib/imports/commands/import-choices";
import { type Fault, type FaultRow, inShort } from "./fault";
import type { ImportOrder } from "./import-child";
import { billOf, row as lineOf, type ManyBills, writeLines } from "./import-files";
import { importInProcess } from "./import-process";
import { readingDays, readingLines } from "./import-readings-file";
import { type ImportWorld, importWorld } from "./import-world";

/** Every table that an import writes facts into. */
const TABLES = [
  "holders",
  "contracts",
  "mandates",
  "delivery_choices",
  "documents",
  "bill_line_sets",
  "load_profiles",
  "daily_consumption",
];

/** The same file again, of every kind, changes nothing: not one row has a new version. */
export const importAgain: Fault = async ({ urls, quick }) => {
  const rows = quick ? inShort(500, 2_000) : 50_000;
  // As far as the spring's day of 23 hours.
  const days = quick ? inShort(60, 366) : 366;
  const world = await importWorld(urls, rows);
  const row: FaultRow = { name: "import-again", tries: 0, lost: 0, doubled: 0, wrong: [], met: "" };
  try {
    const orders = await filesOf(world, rows, days);
    await importInProcess(world.orders("import-first", ...orders));
    for (let time = 0; time < (quick ? 1 : 10); time += 1) {
      for (const order of orders) {
        row.tries += 1;
        const before = await versions(world);
        const { outcomes } = await importInProcess(world.orders("import-again", order));
        const [outcome] = outcomes;
        if (!outcome || !("rows" in outcome) || outcome.unchanged !== outcome.rows) {
          row.wrong.push(`${order.kind} again did something: ${JSON.stringify(outcome)}`);
        }
        const after = await versions(world);
        for (const table of TABLES.filter((name) => before[name] !== after[name])) {
          row.wrong.push(
            `${order.kind} again wrote to ${table}: ${before[table]} is ${after[table]} now`,
          );
        }
      }
    }
    row.met = `${orders.map(({ kind }) => kind).join(", ")}, of ${rows} rows or ${days} days`;
    return row;
  } finally {
    await world.close();
  }
};

/** Of each table: how many rows, and which transactions wrote them where. */
async function versions({ sql }: ImportWorld): Promise<Record<string, string>> {
  const [found] = await sql.unsafe<Record<string, string>[]>(
    `select ${TABLES.map(
      (table) => `(select count(*) || ' rows, ' || coalesce(sum(xmin::text::bigint), 0) || ' by '
        || coalesce(sum(hashtext(ctid::text)::bigint), 0) from ${table}) as ${table}`,
    ).join(", ")}`,
  );
  return { ...found };
}

/** A file of each kind, in the order in which each finds what it needs. */
async function filesOf(world: ImportWorld, rows: number, days: number): Promise<ImportOrder[]> {
  const { company, contracts, folder } = world;
  const bills = await world.newFile("bills", rows);
  const many = { bills: rows, contracts, prefix: `K${bills.mark}-` };
  const file = (kind: string) => path.join(folder, `${kind}-again.csv`);
  await writeLines(file("choices"), choiceLines(contracts));
  await writeLines(file("bill-lines"), linesOfBills(many));
  await writeLines(file("readings"), readingLines(0, readingDays("2024-02-01", days)));
  return [
    (await world.newFile("contracts", rows)).order,
    { kind: "choices", company, file: file("choices") },
    bills.order,
    { kind: "bill-lines", company, file: file("bill-lines") },
    {
      kind: "readings",
      company,
      file: file("readings"),
      options: { contractNumber: "B-1000000" },
    },
  ];
}

function* choiceLines(contracts: number) {
  yield CHOICE_COLUMNS.join(";");
  for (let n = 0; n < contracts; n += 1) {
    const paper = n % 3 === 0;
    yield lineOf(CHOICE_COLUMNS, {
      contract_number: `B-${1_000_000 + n}`,
      mode: paper ? "paper" : "electronic",
      email: paper ? "" : `old-${n}@posta.example`,
      chosen_at: `2025-0${1 + (n % 9)}-10`,
    });
  }
}

function* linesOfBills(many: ManyBills) {
  yield BILL_LINE_COLUMNS.join(";");
  for (let n = 0; n < many.bills; n += 1) {
    const { number, cents } = billOf(n, many);
    for (const [at, part] of [Math.floor(cents / 2), Math.ceil(cents / 2)].entries()) {
      yield lineOf(BILL_LINE_COLUMNS, {
        bill_number: number,
        line_number: String(at + 1),
        section: at === 0 ? "energy" : "network",
        description: "Quota energia",
        quantity: "100,5",
        unit: "kWh",
        unit_price_eur: "0,31",
        amount_eur: (part / 100).toFixed(2),
      });
    }
  }
}
