"use client";

import { BarChart, type CustomTooltipProps } from "@tremor/react";
import type { CSSProperties } from "react";
import { type Bar, type Fill, PLOT, patternId } from "./bars";
import { Swatch } from "./fill-patterns";
import type { BarsProps } from "./lazy-bars";

// Tremor knows colours by Tailwind's names only; these names get our patterns on this element.
const COLORS: Record<Fill, string> = { solid: "teal", hatched: "amber", dotted: "slate" };
const PATTERNS = Object.fromEntries(
  Object.entries(COLORS).map(([fill, color]) => [
    `--color-${color}-500`,
    `url(#${patternId(fill as Fill)})`,
  ]),
) as CSSProperties;

/** The bars alone, without axes, answering to the pointer. */
export function TremorBars({ series, bars, top }: BarsProps) {
  const data = bars.map((bar) => ({
    key: bar.key,
    bar,
    ...Object.fromEntries(series.map(({ label }, at) => [label, bar.values?.[at] ?? 0])),
  }));
  return (
    <BarChart
      stack
      data={data}
      index="key"
      categories={series.map(({ label }) => label)}
      colors={series.map(({ fill }) => COLORS[fill])}
      minValue={0}
      maxValue={top}
      showXAxis={false}
      showYAxis={false}
      showLegend={false}
      showGridLines={false}
      barCategoryGap={`${((1 - PLOT.barShare) / 2) * 100}%`}
      customTooltip={BarTooltip}
      // What the pointer asks for lies above the comparison lines, which the server draws over the bars.
      className="h-60 [&_.recharts-tooltip-wrapper]:z-10"
      style={{ height: PLOT.height, ...PATTERNS }}
    />
  );
}

function BarTooltip({ active, payload }: CustomTooltipProps) {
  const bar: Bar | undefined = payload?.[0]?.payload?.bar;
  if (!active || !bar) {
    return null;
  }
  return (
    <div className="rounded-md border border-field-line bg-panel px-3 py-2 text-ink text-sm shadow-md">
      <p className="font-semibold">{bar.title}</p>
      {bar.lines.map(({ label, value, fill }) => (
        <p key={label} className="flex items-center gap-2 whitespace-nowrap">
          {fill ? <Swatch fill={fill} /> : null}
          <span className="grow pr-4 text-muted">{label}</span>
          {value}
        </p>
      ))}
    </div>
  );
}
