import type { ReactNode } from "react";

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

/** A table that becomes a list of labelled values on narrow screens. The first column names the row. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { columns, rows } = props;
  return (
    <table className="w-full border-collapse text-left max-sm:block">
      <caption className={props.captionHidden ? "" : "mb-2 text-left text-muted max-sm:block"}>
        <span className={props.captionHidden ? "sr-only" : ""}>{props.caption}</span>
      </caption>
      <thead className="max-sm:sr-only">
        <tr>
          {columns.map((column) => (
            <th
              key={column.key}
              scope="col"
              className={`border-line border-b py-2 pr-4 font-semibold text-muted text-sm ${column.numeric ? "text-right" : ""}`}
            >
              {column.header}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="max-sm:block">
        {rows.map((row) => (
          <tr key={props.rowKey(row)} className="border-line border-b max-sm:block max-sm:py-3">
            {columns.map((column, index) => {
              const Cell = index === 0 ? "th" : "td";
              return (
                <Cell
                  key={column.key}
                  scope={index === 0 ? "row" : undefined}
                  data-label={column.header}
                  className={`py-3 pr-4 align-baseline max-sm:flex max-sm:justify-between max-sm:gap-4 max-sm:py-0.5 max-sm:pr-0 max-sm:before:font-normal max-sm:before:text-muted max-sm:before:content-[attr(data-label)] ${index === 0 ? "font-semibold" : ""} ${column.numeric ? "text-right" : ""}`}
                >
                  {column.cell(row)}
                </Cell>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
