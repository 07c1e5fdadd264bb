import { csvCell, euroCell } from "@/lib/runs/rules";

/**
 * What a column holds. `euro` is integer cents (R27), `decimal` a number or PostgreSQL's `numeric` text,
 * `instant` a Date, `list` plain JSON; every other kind is itself. Null is an empty cell.
 */
type ColumnKind = "text" | "integer" | "decimal" | "euro" | "day" | "instant" | "flag" | "list";

export type DataRow = Record<string, unknown>;

/** Rows that are read while they are written, for one file as JSON and one as CSV. */
export interface DataSet {
  /** The files' name without its ending. */
  name: string;
  columns: Record<string, ColumnKind>;
  /** Begins to read anew with each call. */
  rows: () => AsyncIterable<DataRow>;
}

const BOM = "\uFEFF";

/** UTF-8 with a byte order mark, `;`, decimal comma; no cell is a formula in a spreadsheet. */
export async function* csvLines({ columns, rows }: DataSet): AsyncGenerator<string> {
  const entries = Object.entries(columns);
  yield `${BOM}${entries.map(([name]) => name).join(";")}\r\n`;
  for await (const row of rows()) {
    yield `${entries.map(([name, kind]) => cellOf(kind, row[name])).join(";")}\r\n`;
  }
}

/** An array of objects, one a line; money in euro as a number with decimals. */
export async function* jsonLines({ columns, rows }: DataSet): AsyncGenerator<string> {
  const entries = Object.entries(columns);
  let before = "[\n";
  for await (const row of rows()) {
    const object = Object.fromEntries(
      entries.map(([name, kind]) => [name, jsonOf(kind, row[name])]),
    );
    yield `${before}${JSON.stringify(object)}`;
    before = ",\n";
  }
  yield before === "[\n" ? "[]\n" : "\n]\n";
}

/** Numbers are written by us and may begin with a minus; whatever else begins so is text (csvCell). */
function cellOf(kind: ColumnKind, value: unknown): string {
  if (value === null || value === undefined) {
    return "";
  }
  switch (kind) {
    case "euro":
      return euroCell(Number(value));
    case "decimal":
      return String(value).replace(".", ",");
    case "integer":
      return String(Number(value));
    case "instant":
      return (value as Date).toISOString();
    case "list":
      return csvCell(JSON.stringify(value));
    case "text":
    case "day":
    case "flag":
      return csvCell(String(value));
  }
}

function jsonOf(kind: ColumnKind, value: unknown): unknown {
  if (value === null || value === undefined) {
    return null;
  }
  switch (kind) {
    case "euro":
      return Number(value) / 100;
    case "decimal":
    case "integer":
      return Number(value);
    default:
      return value;
  }
}
