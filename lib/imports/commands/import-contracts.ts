import { type SQL, sql } from "drizzle-orm";
import { COMMODITIES, MANDATE_STATUSES } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context, TxContext } from "@/lib/auth/context";
import { LANGUAGES } from "@/lib/i18n/languages";
import { enqueue } from "@/lib/jobs/queue";
import {
  creditorId,
  decimal,
  iban,
  isoDate,
  mandateReference,
  oneOf,
  optional,
  rowReader,
  supplyPoint,
  taxId,
  vatNumber,
  words,
} from "../cells";
import { readCsv } from "../csv";
import { CellError, type FaultList } from "../errors";
import type { ImportInput, ImportKind, ImportOutcome } from "../kind";
import { addFaults, type StagedColumns } from "../staging";
import { applyContracts, judgeContracts } from "./apply-contracts";
import { takeOver } from "./take-over";

const CELLS = {
  contract_number: words(40),
  customer_code: words(40),
  tax_id: taxId,
  vat_number: optional(vatNumber),
  holder_name: words(200),
  commodity: oneOf(COMMODITIES),
  supply_point: words(40),
  supply_address: words(300),
  billing_address: words(300),
  product: words(120),
  product_ends_on: optional(isoDate),
  contracted_power_kw: optional(decimal(3)),
  available_power_kw: optional(decimal(3)),
  meter_serial: optional(words(40)),
  annual_consumption: optional(decimal(3)),
  gas_coefficient_c: optional(decimal(8)),
  starts_on: isoDate,
  ends_on: optional(isoDate),
  language: optional(oneOf(LANGUAGES)),
  mandate_reference: optional(mandateReference),
  mandate_iban: optional(iban),
  mandate_debtor: optional(words(200)),
  mandate_status: oneOf(MANDATE_STATUSES),
  mandate_since: optional(isoDate),
  mandate_until: optional(isoDate),
  creditor_id: optional(creditorId),
};

const readRow = rowReader(CELLS);

export const CONTRACT_COLUMNS = Object.keys(CELLS) as (keyof typeof CELLS)[];

const COLUMNS = {
  read: {
    contract_number: "text",
    customer_code: "text",
    tax_id: "text",
    vat_number: "text",
    holder_name: "text",
    commodity: "text",
    supply_point: "text",
    supply_address: "text",
    billing_address: "text",
    product: "text",
    product_ends_on: "date",
    contracted_power_kw: "numeric",
    available_power_kw: "numeric",
    meter_serial: "text",
    annual_consumption: "numeric",
    gas_coefficient_c: "numeric",
    starts_on: "date",
    ends_on: "date",
    language: "text",
    mandate_reference: "text",
    mandate_iban: "text",
    mandate_debtor: "text",
    mandate_status: "text",
    mandate_since: "date",
    mandate_until: "date",
    creditor_id: "text",
  },
  judged: { contract_id: "uuid", handed_over: "boolean" },
} satisfies StagedColumns;

type ContractRow = { line: number } & {
  [Column in keyof typeof CELLS]: ReturnType<(typeof CELLS)[Column]>;
};

export const CONTRACTS: ImportKind<ImportInput> = {
  name: "contracts",
  // Holders belong to the whole group, so imports of contracts wait for each other.
  lockOf: () => 0,
  optionsOf: () => ({}),
  columns: COLUMNS,
  fills: ["holders", "contracts", "mandates"],
  batchRows: 20_000,
  async *read({ input, faults }) {
    for await (const rows of readCsv(input.file, CONTRACT_COLUMNS, faults)) {
      yield rows.flatMap((row) => {
        const cells = readRow(row, faults);
        if (!cells || !rowHolds(row.line, cells, faults)) {
          return [];
        }
        const point = supplyPoint(cells.supply_point, cells.commodity);
        return [{ line: row.line, ...cells, supply_point: point }];
      });
    }
  },
  async check(tx, { company, faults }, { table }) {
    await findDuplicates(tx, table, faults);
    await judgeContracts(tx.db, company, table);
  },
  async apply(tx, { company }, batch) {
    await applyContracts(tx, company, batch);
    return [];
  },
  async finish(tx, _source, { added, changed }) {
    if (added + changed > 0) {
      // R14: what ends is told at once, and in time for the next cut-off.
      await enqueue(tx, "warn_mandate_ends", {}, "warn-mandate-ends");
    }
  },
};

/**
 * Takes over contracts with their holders and mandates as the billing system tells them; whatever
 * the file does not name stays. A changed tax id ends link and choice at that instant (R5).
 * @throws {ImportRefusedError} with every fault of the file; nothing is changed then
 */
export async function importContracts(
  ctx: Context<SystemActor>,
  input: ImportInput,
): Promise<ImportOutcome> {
  return await takeOver(ctx, CONTRACTS, input);
}

/** What binds several cells of a row. */
function rowHolds(line: number, row: Omit<ContractRow, "line">, faults: FaultList): boolean {
  let holds = true;
  const fault = (column: keyof typeof CELLS, reason: string) => {
    faults.add({ line, column, reason });
    holds = false;
  };
  try {
    supplyPoint(row.supply_point, row.commodity);
  } catch (error) {
    fault("supply_point", error instanceof CellError ? error.message : "cannot be read");
  }
  if (row.ends_on !== null && row.ends_on < row.starts_on) {
    fault("ends_on", `${row.ends_on} is before starts_on, ${row.starts_on}`);
  }
  const status = row.mandate_status;
  if (status === "none") {
    return holds;
  }
  for (const column of ["mandate_reference", "mandate_iban", "mandate_debtor"] as const) {
    if (row[column] === null) {
      fault(column, `is empty, and a mandate with status ${status} needs it`);
    }
  }
  if (status === "active" && row.mandate_since === null) {
    fault("mandate_since", "is empty, and an active mandate needs the day it began");
  }
  if ((status === "revoked" || status === "expired") && row.mandate_until === null) {
    fault("mandate_until", `is empty, and a mandate with status ${status} needs the day it ended`);
  }
  if (row.mandate_since && row.mandate_until && row.mandate_until < row.mandate_since) {
    fault("mandate_until", `${row.mandate_until} is before mandate_since, ${row.mandate_since}`);
  }
  return holds;
}

async function findDuplicates({ db }: TxContext, table: SQL, faults: FaultList): Promise<void> {
  await addFaults(
    db,
    faults,
    sql`select line, contract_number, first from (
        select line, contract_number, min(line) over (partition by contract_number) as first
        from ${table}) seen
      where line > first order by line`,
    ({ contract_number, first }) => ({
      column: "contract_number",
      reason: `${contract_number} stands in line ${first} already`,
    }),
  );
}
