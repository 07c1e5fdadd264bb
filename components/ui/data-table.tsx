import type { ReactNode } from "react";
import { Unbroken } from "./unbroken";

interface Column<Row> {
  key: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** Figures stand at the right. */
  numeric?: boolean;
}

interface DataTableProps<Row> {
  caption: string;
  /** Read out only, where a heading above says the same. */
  captionHidden?: boolean;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string;
}

/** Said outright: browsers take a table that is laid out as a list for none. */
const ROLES = {
  table: { role: "table" },
  group: { role: "rowgroup" },
  row: { role: "row" },
  column: { role: "columnheader" },
  name: { role: "rowheader" },
  cell: { role: "cell" },
} as const;

const NUMERIC = { className: "numeric" };
const NOTHING = {};

/** As a list a cell lays its parts out side by side: what stays together is one of them. */
function withCodes(cell: ReactNode): ReactNode {
  return typeof cell === "string" && cell.includes("-") ? (
    <span>
      <Unbroken>{cell}</Unbroken>
    </span>
  ) : (
    cell
  );
}

/**
 * A table that becomes a list where there is no room for its columns, each row a name with labelled values; for screen readers it stays a
 * table. The first column names the row. Its looks stand in app/globals.css, since there may be thousands of cells.
 */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { columns, rows } = props;
  // Not even named where there is nothing to say: it would be sent with each of thousands of cells.
  const numeric = (column: Column<Row>) => (column.numeric ? NUMERIC : NOTHING);
  const many = columns.length > 6 ? "most" : columns.length > 4 ? "many" : "few";
  return (
    <div className="data-table-frame" data-columns={many}>
      <table {...ROLES.table} className="data-table">
        <caption className={props.captionHidden ? "" : "mb-2 text-left text-muted listed:block"}>
          <span className={props.captionHidden ? "sr-only" : ""}>{props.caption}</span>
        </caption>
        <thead {...ROLES.group}>
          <tr {...ROLES.row}>
            {columns.map((column) => (
              <th key={column.key} {...ROLES.column} scope="col" {...numeric(column)}>
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody {...ROLES.group}>
          {rows.map((row) => (
            <tr key={props.rowKey(row)} {...ROLES.row}>
              {columns.map((column, index) =>
                index === 0 ? (
                  <th key={column.key} {...ROLES.name} scope="row" {...numeric(column)}>
                    {withCodes(column.cell(row))}
                  </th>
                ) : (
                  <td
                    key={column.key}
                    {...ROLES.cell}
                    data-label={column.header}
                    {...numeric(column)}
                  >
                    {withCodes(column.cell(row))}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
