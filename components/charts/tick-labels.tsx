interface TickLabelsProps {
  ticks: number[];
  height: number;
  /** Where a value stands, in pixels from above. */
  y: (value: number) => number;
  formatTick: (value: number) => string;
}

/** The labels of a vertical axis, each beside its line. */
export function TickLabels({ ticks, height, y, formatTick }: TickLabelsProps) {
  return (
    <div className="relative min-w-8 text-right" style={{ height }}>
      {/* Gives the column its width: the widest label, which the others lie over. */}
      <span className="invisible">{formatTick(ticks.at(-1) ?? 1)}</span>
      {ticks.map((tick) => (
        <span
          key={tick}
          className="absolute right-0 -translate-y-1/2 whitespace-nowrap"
          style={{ top: y(tick) }}
        >
          {formatTick(tick)}
        </span>
      ))}
    </div>
  );
}
