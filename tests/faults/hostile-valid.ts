import { BILL_LINE_COLUMNS } from "@/lib/imports/commands/import-bill-lines";
import { CHOICE_COLUMNS } from "@/lib/imports/commands/import-choices";
import { CONTRACT_COLUMNS } from "@/lib/imports/commands/import-contracts";
import { BILL_COLUMNS } from "@/lib/imports/commands/read-bills";
import { readingDays, readingLines } from "./import-readings-file";

export const HOSTILE_KINDS = ["contracts", "choices", "bills", "bill-lines", "readings"] as const;
export type HostileKind = (typeof HOSTILE_KINDS)[number];

/** A file as cells, header first: what is made hostile is always one that was fine. */
export type Cells = string[][];

export const textOf = (cells: Cells): string =>
  `${cells.map((line) => line.join(";")).join("\n")}\n`;

const CONTRACTS = 5;
/** What must never stand whole in a message; `holder_name` and the like may. */
export const SECRETS = {
  taxId: "RSSMRA80A01H501U",
  vatNumber: "01234567897",
  iban: "IT60X0542811101000000123456",
};

type Row<Column extends string> = Partial<Record<Column, string>>;

function cellsOf<Column extends string>(columns: readonly Column[], rows: Row<Column>[]): Cells {
  return [[...columns], ...rows.map((row) => columns.map((column) => row[column] ?? ""))];
}

const numbers = Array.from({ length: CONTRACTS }, (_, at) => at + 1);

/** Contracts C-1 to C-5; `from` 6 gives others. The first holder is a person, the others companies. */
export const contractCells = (from = 1): Cells =>
  cellsOf(
    CONTRACT_COLUMNS,
    numbers.map((at) => {
      const n = from + at - 1;
      return {
        contract_number: `C-${n}`,
        customer_code: String(100_200_300 + n),
        tax_id: n === 1 ? SECRETS.taxId : String(12_345_678_900 + n),
        vat_number: n === 1 ? "" : n === 2 ? SECRETS.vatNumber : String(12_345_678_900 + n),
        holder_name: `Società ${n}`,
        commodity: "electricity",
        supply_point: `IT001E0000000${n % 10}`,
        supply_address: `Via Inventata ${n}, 00100 Roma`,
        billing_address: `"Via Inventata ${n}; scala A"`,
        product: "Luce Chiara",
        product_ends_on: "2030-12-31",
        contracted_power_kw: "3",
        available_power_kw: "3,3",
        meter_serial: `M${n}`,
        annual_consumption: "2700",
        starts_on: "2020-01-01",
        language: "it",
        mandate_reference: `UMR-${n}`,
        mandate_iban: SECRETS.iban,
        mandate_debtor: `Società ${n}`,
        mandate_status: "active",
        mandate_since: "2020-01-01",
        creditor_id: "IT60ZZZ0000001234567897",
      };
    }),
  );

/** Bills of C-1 to C-5 from a number on; `document` is that of the first. */
export const billCells = (from: number, document = ""): Cells =>
  cellsOf(
    BILL_COLUMNS,
    numbers.map((at) => ({
      bill_number: `B-${from + at - 1}`,
      contract_number: `C-${at}`,
      kind: "bill",
      issue_date: "2026-10-20",
      due_date: "2026-11-12",
      period_from: "2026-09-01",
      period_to: "2026-09-30",
      total_eur: "83,40",
      consumption: "269,281",
      consumption_unit: "kWh",
      estimated: "no",
      discount_eur: "1",
      payment_status: "open",
      document: at === 1 ? document : "",
    })),
  );

const billLineCells = (): Cells =>
  cellsOf(
    BILL_LINE_COLUMNS,
    numbers.map((at) => ({
      bill_number: `B-${at}`,
      line_number: "1",
      section: "energy",
      description: "Quota energia, €/kWh",
      quantity: "269,281",
      unit: "kWh",
      unit_price_eur: "0,31",
      amount_eur: "83,40",
    })),
  );

const choiceCells = (): Cells =>
  cellsOf(
    CHOICE_COLUMNS,
    numbers.map((at) => ({
      contract_number: `C-${at}`,
      mode: at === 3 ? "paper" : "electronic",
      email: at === 3 ? "" : `cliente-${at}@posta.example`,
      chosen_at: `2026-03-0${at}`,
    })),
  );

/**
 * A file of each kind that is taken whole by a company with contracts C-1 to C-5 and bills B-1 to B-5
 * without lines, and adds to it.
 */
export function validCells(kind: HostileKind): Cells {
  switch (kind) {
    case "contracts":
      return contractCells(4);
    case "choices":
      return choiceCells();
    case "bills":
      return billCells(11);
    case "bill-lines":
      return billLineCells();
    case "readings":
      return [...readingLines(1, readingDays("2025-03-28", 5))].map((line) => line.split(";"));
  }
}
