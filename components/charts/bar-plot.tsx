import { type Bar, PLOT, patternId, type Series, ticksUpTo } from "./bars";
import { LazyBars } from "./lazy-bars";
import { TickLabels } from "./tick-labels";

interface BarPlotProps {
  series: Series[];
  bars: Bar[];
  formatTick: (value: number) => string;
  unit: string;
}

/**
 * Stacked bars. Axes, gaps and comparison lines are drawn by the server; so are the bars, until
 * the chart that answers to the pointer is there, which takes exactly their place.
 */
export function BarPlot({ series, bars, formatTick, unit }: BarPlotProps) {
  const sum = (bar: Bar) => (bar.values ?? []).reduce((total, value) => total + value, 0);
  const ticks = ticksUpTo(Math.max(...bars.map((bar) => Math.max(sum(bar), bar.reference ?? 0))));
  const top = ticks.at(-1) ?? 1;
  const y = (value: number) => PLOT.top + (PLOT.height - PLOT.top) * (1 - value / top);
  const slot = 100 / bars.length;
  const left = (index: number, share: number) => `${(index + (1 - share) / 2) * slot}%`;
  return (
    <div className="grid grid-cols-[auto_1fr] gap-x-2 text-muted text-xs">
      <div className="col-span-2 mb-2">{unit}</div>
      <TickLabels ticks={ticks} height={PLOT.height} y={y} formatTick={formatTick} />
      <div className="relative" style={{ height: PLOT.height }}>
        <svg aria-hidden="true" width="100%" height={PLOT.height} className="absolute inset-0">
          {ticks.map((tick) => (
            <line
              key={tick}
              x1="0"
              x2="100%"
              y1={Math.round(y(tick)) - 0.5}
              y2={Math.round(y(tick)) - 0.5}
              className={tick === 0 ? "stroke-field-line" : "stroke-line"}
            />
          ))}
          {bars.map((bar, index) =>
            bar.values === null ? (
              <rect
                key={bar.key}
                x={left(index, 1)}
                y={PLOT.top}
                width={`${slot}%`}
                height={PLOT.height - PLOT.top}
                fill="url(#fill-gap)"
              />
            ) : null,
          )}
        </svg>
        <div className="absolute inset-0">
          <LazyBars series={series} bars={bars} top={top}>
            <svg aria-hidden="true" width="100%" height={PLOT.height}>
              {bars.map((bar, index) => {
                let below = 0;
                return series.map((part, at) => {
                  const value = bar.values?.[at] ?? 0;
                  const from = y(below);
                  below += value;
                  return value > 0 ? (
                    <rect
                      key={`${bar.key} ${part.key}`}
                      x={left(index, PLOT.barShare)}
                      y={y(below)}
                      width={`${slot * PLOT.barShare}%`}
                      height={from - y(below)}
                      fill={`url(#${patternId(part.fill)})`}
                    />
                  ) : null;
                });
              })}
            </svg>
          </LazyBars>
        </div>
        <svg
          aria-hidden="true"
          width="100%"
          height={PLOT.height}
          className="pointer-events-none absolute inset-0"
          strokeWidth="2"
        >
          {bars.map((bar, index) =>
            bar.reference === null ? null : (
              <line
                key={bar.key}
                x1={left(index, 0.94)}
                x2={`${(index + 0.97) * slot}%`}
                y1={y(bar.reference)}
                y2={y(bar.reference)}
                className="stroke-ink"
              />
            ),
          )}
        </svg>
      </div>
      <div className="col-start-2 flex pt-1 text-center">
        {bars.map((bar) => (
          <div key={bar.key} className="w-0 grow">
            <div className="flex h-5 justify-center whitespace-nowrap">
              <span className="max-sm:hidden">{bar.axis.wide}</span>
              <span className="sm:hidden">{bar.axis.narrow}</span>
            </div>
            {bar.mark ? <div className="font-bold text-ink leading-4">{bar.mark}</div> : null}
          </div>
        ))}
      </div>
    </div>
  );
}
