import { electronicFormatIBAN, isValidIBAN } from "ibantools";
import { Temporal } from "temporal-polyfill";
import { emailSchema } from "@/lib/accounts/email";
import { normalizeTaxId, taxIdShape } from "@/lib/accounts/tax-id";
import { isIsoDate } from "@/lib/iso-date";
import { parseEuroCents } from "@/lib/money";
import { ROME } from "@/lib/time";
import type { CsvRow } from "./csv";
import { CellError, type FaultList, shown } from "./errors";

/** Reads one cell's text. @throws {CellError} with the reason, if it is not what the column holds. */
export type Cell<T> = (text: string) => T;

type RowOf<Cells extends Record<string, Cell<unknown>>> = {
  [Column in keyof Cells]: ReturnType<Cells[Column]>;
};

/** Reads every cell of a row; null if one is wrong, after each fault was added to `faults`. */
export type RowReader<Cells extends Record<string, Cell<unknown>>> = (
  row: CsvRow<Extract<keyof Cells, string>>,
  faults: FaultList,
) => RowOf<Cells> | null;

/** A reader of rows with these cells. */
export function rowReader<Cells extends Record<string, Cell<unknown>>>(
  cells: Cells,
): RowReader<Cells> {
  const columns = Object.entries(cells) as [Extract<keyof Cells, string>, Cell<unknown>][];
  return (row, faults) => {
    const values: Record<string, unknown> = {};
    let whole = true;
    for (const [column, read] of columns) {
      try {
        values[column] = read(row.values[column]);
      } catch (error) {
        if (!(error instanceof CellError)) {
          throw error;
        }
        faults.add({ line: row.line, column, reason: error.message });
        whole = false;
      }
    }
    return whole ? (values as RowOf<Cells>) : null;
  };
}

/** The same cell, or null where it is empty. */
export const optional =
  <T>(cell: Cell<T>): Cell<T | null> =>
  (text) =>
    text === "" ? null : cell(text);

/** Text of one line that is not empty. */
export const words =
  (max: number): Cell<string> =>
  (text) => {
    if (text === "") {
      throw new CellError("is empty and must not be");
    }
    if (text.length > max) {
      throw new CellError(`has ${text.length} characters, and ${max} are the most`);
    }
    // A code, name or address with a line break or an invisible character is a slip of the export.
    if (/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(text)) {
      throw new CellError("holds a line break or another control character");
    }
    return text;
  };

/** Files name the same days over and over: each is looked at once. */
const dates = new Set<string>();
const DATES_KEPT = 50_000;

/** A date that exists, `2026-12-15`. */
export const isoDate: Cell<string> = (text) => {
  if (dates.has(text)) {
    return text;
  }
  if (!isIsoDate(text)) {
    throw new CellError(`${shown(text)} is not a date such as 2026-12-15`);
  }
  if (dates.size < DATES_KEPT) {
    dates.add(text);
  }
  return text;
};

/** Files name the same days over and over, and Rome's midnights are dear to compute. */
const midnights = new Map<string, string>();

/** A day (its midnight in Rome) or an instant with its zone, to an instant in UTC. */
export const dayOrInstant: Cell<string> = (text) => {
  const refuse = () =>
    new CellError(`${shown(text)} is neither a day such as 2026-03-01 nor 2026-03-01T09:30:00Z`);
  if (isIsoDate(text) && text >= "2000") {
    const known =
      midnights.get(text) ??
      Temporal.PlainDate.from(text).toZonedDateTime(ROME).toInstant().toString();
    midnights.set(text, known);
    return known;
  }
  // Another century is a slip of the keyboard; without a zone nobody knows when it was.
  if (!/^20\d{2}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})$/.test(text)) {
    throw refuse();
  }
  try {
    return Temporal.Instant.from(text).toString();
  } catch {
    throw refuse();
  }
};

/** An e-mail address, as accounts have theirs: NFKC and lower case. */
export const emailAddress: Cell<string> = (text) => {
  const address = emailSchema.safeParse(text);
  if (!address.success) {
    throw new CellError("is not an e-mail address such as name@example.com");
  }
  return address.data;
};

/** Euro with decimal comma or point, to integer cents (R27). */
export const euroCents: Cell<number> = (text) => {
  const cents = parseEuroCents(text);
  if (cents === null) {
    throw new CellError(`${shown(text)} is not an amount in euro such as 1234,50`);
  }
  // The database's integers end there: twenty million euro.
  if (Math.abs(cents) > 2_000_000_000) {
    throw new CellError(`${shown(text)} is more than 20 million euro`);
  }
  return cents;
};

/** A decimal number with comma or point, to PostgreSQL's `numeric` text. */
export const decimal = (
  digits: number,
  sign: "any" | "not negative" = "not negative",
): Cell<string> => {
  const shape = new RegExp(`^-?\\d{1,12}(?:[.,]\\d{1,${digits}})?$`);
  return (text) => {
    if (!shape.test(text)) {
      throw new CellError(`${shown(text)} is not a number such as 1234,5`);
    }
    const value = text.replace(",", ".");
    if (sign === "not negative" && Number(value) < 0) {
      throw new CellError(`${shown(text)} is negative`);
    }
    return value;
  };
};

/** A whole number from 1. */
export const positiveInteger: Cell<number> = (text) => {
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new CellError(`${shown(text)} is not a whole number from 1`);
  }
  return Number(text);
};

/** One of a closed set of words. */
export const oneOf =
  <const Value extends string>(values: readonly Value[]): Cell<Value> =>
  (text) => {
    const value = values.find((known) => known === text);
    if (value === undefined) {
      throw new CellError(`${shown(text)} is none of ${values.join(", ")}`);
    }
    return value;
  };

const BOOLEANS = new Map([
  ...["true", "yes", "1"].map((word) => [word, true] as const),
  ...["false", "no", "0", ""].map((word) => [word, false] as const),
]);

/** true, yes, 1 or false, no, 0; empty is false. */
export const flag: Cell<boolean> = (text) => {
  const value = BOOLEANS.get(text.toLowerCase());
  if (value === undefined) {
    throw new CellError(`${shown(text)} is neither true nor false`);
  }
  return value;
};

/** A tax id, normalised. Its shape binds; a wrong check character never stops an import. */
export const taxId: Cell<string> = (text) => {
  const id = normalizeTaxId(text);
  if (taxIdShape(id) === null) {
    throw new CellError("is neither a codice fiscale (16 characters) nor a number of 11 digits");
  }
  return id;
};

/** A VAT number (partita IVA), normalised. */
export const vatNumber: Cell<string> = (text) => {
  const id = normalizeTaxId(text);
  if (taxIdShape(id) !== "company") {
    throw new CellError("is not a VAT number of 11 digits");
  }
  return id;
};

/** An IBAN with right check digits, without spaces. */
export const iban: Cell<string> = (text) => {
  const account = electronicFormatIBAN(text);
  if (account === null || !isValidIBAN(account)) {
    throw new CellError("is not a valid IBAN; compare it with the mandate");
  }
  return account;
};

/** A SEPA creditor identifier as Italian ones are: 23 characters. */
export const creditorId: Cell<string> = (text) => {
  const id = text.replace(/\s/g, "").toUpperCase();
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{19}$/.test(id)) {
    throw new CellError(`${shown(text)} is not a creditor id of 23 characters`);
  }
  return id;
};

/** A unique mandate reference (UMR): 1 to 35 characters of SEPA's set. */
export const mandateReference: Cell<string> = (text) => {
  if (!/^[A-Za-z0-9+?/\-:().,' ]{1,35}$/.test(text)) {
    throw new CellError(`${shown(text)} is not a mandate reference of 1 to 35 letters and digits`);
  }
  return text;
};

const POD = /^IT\d{3}E[A-Z0-9]{8}[A-Z0-9]?$/;
const PDR = /^\d{14}$/;

/**
 * A supply point as its commodity names them: POD, PDR, or the company's own code.
 * @throws {CellError}
 */
export function supplyPoint(text: string, commodity: string): string {
  const code = text.replace(/\s/g, "").toUpperCase();
  if (commodity === "electricity" && !POD.test(code)) {
    throw new CellError(`${shown(text)} is not a POD such as IT001E12345678`);
  }
  if (commodity === "gas" && !PDR.test(code)) {
    throw new CellError(`${shown(text)} is not a PDR of 14 digits`);
  }
  return commodity === "electricity" || commodity === "gas" ? code : text;
}
