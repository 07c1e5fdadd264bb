import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { CONTRACT_COLUMNS } from "@/lib/imports/commands/import-contracts";
import { BILL_COLUMNS } from "@/lib/imports/commands/read-bills";

/** Lines that go to the disk in one piece. */
const PIECE = 1_000;

/** Writes lines as a file, a thousand at a time: a million of them fit into no memory at once. */
export async function writeLines(file: string, lines: Iterable<string>): Promise<void> {
  await pipeline(Readable.from(pieces(lines)), createWriteStream(file));
}

function* pieces(lines: Iterable<string>): Generator<string> {
  let piece: string[] = [];
  for (const line of lines) {
    piece.push(line);
    if (piece.length === PIECE) {
      yield `${piece.join("\n")}\n`;
      piece = [];
    }
  }
  if (piece.length > 0) {
    yield `${piece.join("\n")}\n`;
  }
}

/** Many bills, of contracts with following numbers. */
export interface ManyBills {
  bills: number;
  contracts: number;
  /** The first contract: B-1000000 where absent, as `seedBenchWorld` numbers them. */
  first?: { letters: string; number: number };
  /** Begins each bill's number, so that one file's bills are not another's. */
  prefix: string;
  /** Each has a PDF, named for its number. */
  withPdfs?: boolean;
}

const BENCH_FIRST = { letters: "B-", number: 1_000_000 };

/** One bill of many, in both forms: text as a file has it, numbers as PostgreSQL does. */
export function billOf(n: number, { contracts, first = BENCH_FIRST, prefix }: ManyBills) {
  const month = String(1 + (Math.floor(n / contracts) % 9)).padStart(2, "0");
  const cents = 4_000 + ((n * 37) % 9_000);
  return {
    number: `${prefix}${String(n).padStart(8, "0")}`,
    contract: `${first.letters}${first.number + (n % contracts)}`,
    issued: `2026-${month}-18`,
    due: `2026-${month}-28`,
    from: `2026-${month}-01`,
    to: `2026-${month}-17`,
    cents,
    euro: `${Math.floor(cents / 100)},${String(cents % 100).padStart(2, "0")}`,
    consumption: `${180 + (n % 120)}.${n % 10}`,
    status: n % 12 < 2 ? "open" : "paid",
  };
}

/** A file of many bills. */
export function* billLines(many: ManyBills): Generator<string> {
  yield BILL_COLUMNS.join(";");
  for (let n = 0; n < many.bills; n += 1) {
    const bill = billOf(n, many);
    yield row(BILL_COLUMNS, {
      bill_number: bill.number,
      contract_number: bill.contract,
      kind: "bill",
      issue_date: bill.issued,
      due_date: bill.due,
      period_from: bill.from,
      period_to: bill.to,
      total_eur: bill.euro,
      consumption: bill.consumption.replace(".", ","),
      consumption_unit: "kWh",
      estimated: "no",
      discount_eur: "1",
      payment_status: bill.status,
      document: many.withPdfs ? `${bill.number}.pdf` : "",
    });
  }
}

/** A file of many contracts, each with a holder and a mandate of its own, after a prefix of digits. */
export function* contractLines(contracts: number, prefix: number, product = "Luce Chiara") {
  yield CONTRACT_COLUMNS.join(";");
  for (let n = 0; n < contracts; n += 1) {
    const serial = prefix * 1_000_000 + n;
    yield row(CONTRACT_COLUMNS, {
      contract_number: `K${serial}`,
      customer_code: String(serial).padStart(9, "0"),
      tax_id: String(50_000_000_000 + serial),
      holder_name: `Prova ${n} srl`,
      commodity: "electricity",
      supply_point: `IT999E${String(serial).padStart(8, "0")}`,
      supply_address: `Via dei Mille ${n}, 99010 Valfiorita (VF)`,
      billing_address: `Via dei Mille ${n}, 99010 Valfiorita (VF)`,
      product,
      contracted_power_kw: "3",
      available_power_kw: "3,3",
      annual_consumption: "2700",
      starts_on: "2020-01-01",
      language: "it",
      mandate_reference: `UMR-${serial}`,
      mandate_iban: "IT60X0542811101000000123456",
      mandate_debtor: `Prova ${n} srl`,
      mandate_status: "active",
      mandate_since: "2020-01-01",
      creditor_id: "IT60ZZZ0000001234567897",
    });
  }
}

/** One line of a file by its columns; what is not named is empty. */
export function row<Column extends string>(
  columns: readonly Column[],
  cells: Partial<Record<Column, string>>,
): string {
  return columns.map((column) => cells[column] ?? "").join(";");
}
