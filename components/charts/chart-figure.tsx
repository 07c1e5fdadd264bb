import type { ReactNode } from "react";

interface ChartFigureProps {
  /** What the chart shows, in words a person would say (R24). */
  finding: string;
  /** The drawing; hidden from assistive technology, which gets the finding and the table. */
  chart: ReactNode;
  tableLabel: string;
  /** The same numbers as a table. */
  table: ReactNode;
}

/** A chart with its finding as caption and the same numbers in a table (R24). */
export function ChartFigure({ finding, chart, tableLabel, table }: ChartFigureProps) {
  return (
    <figure>
      <figcaption className="mb-4 max-w-prose">{finding}</figcaption>
      <div aria-hidden="true">{chart}</div>
      <details className="mt-4">
        <summary className="cursor-pointer py-2 font-semibold text-accent">{tableLabel}</summary>
        <div className="mt-2 overflow-x-auto">{table}</div>
      </details>
    </figure>
  );
}
