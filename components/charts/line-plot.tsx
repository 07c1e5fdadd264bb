import { ticksUpTo } from "./bars";
import { TickLabels } from "./tick-labels";

interface LinePlotProps {
  /** Values at even distances; null where nothing is known. The first is the main line. */
  lines: { key: string; values: (number | null)[] }[];
  labels: { key: string; wide: string; narrow: string }[];
  formatTick: (value: number) => string;
  unit: string;
}

const HEIGHT = 200;
const TOP = 5;

/** Lines of running sums, the main one solid and the others dashed; drawn by the server alone. */
export function LinePlot({ lines, labels, formatTick, unit }: LinePlotProps) {
  const known = lines.flatMap(({ values }) => values.flatMap((value) => value ?? []));
  const ticks = ticksUpTo(Math.max(...known, 0));
  const top = ticks.at(-1) ?? 1;
  const y = (value: number) => TOP + (HEIGHT - TOP) * (1 - value / top);
  const x = (index: number) => ((index + 0.5) * 100) / labels.length;
  return (
    <div className="grid grid-cols-[auto_1fr] gap-x-2 text-muted text-xs">
      <div className="col-span-2 mb-2">{unit}</div>
      <TickLabels ticks={ticks} height={HEIGHT} y={y} formatTick={formatTick} />
      <svg
        aria-hidden="true"
        width="100%"
        height={HEIGHT}
        viewBox={`0 0 100 ${HEIGHT}`}
        preserveAspectRatio="none"
      >
        {ticks.map((tick) => (
          <line
            key={tick}
            x1="0"
            x2="100"
            y1={y(tick)}
            y2={y(tick)}
            vectorEffect="non-scaling-stroke"
            className={tick === 0 ? "stroke-field-line" : "stroke-line"}
          />
        ))}
        {lines.map(({ key, values }, at) => (
          <polyline
            key={key}
            points={values
              .flatMap((value, index) => (value === null ? [] : `${x(index)},${y(value)}`))
              .join(" ")}
            fill="none"
            strokeWidth={at === 0 ? 3 : 2}
            strokeDasharray={at === 0 ? undefined : "6 4"}
            vectorEffect="non-scaling-stroke"
            className={at === 0 ? "stroke-band-1" : "stroke-muted"}
          />
        ))}
      </svg>
      <div className="col-start-2 flex pt-1 text-center">
        {labels.map(({ key, wide, narrow }) => (
          <div key={key} className="w-0 grow">
            <span className="max-sm:hidden">{wide}</span>
            <span className="sm:hidden">{narrow}</span>
          </div>
        ))}
      </div>
    </div>
  );
}
