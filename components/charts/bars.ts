/** A part of every bar, drawn the same way in all of them and told apart by pattern, not hue alone. */
export interface Series {
  key: string;
  label: string;
  fill: Fill;
}

export type Fill = "solid" | "hatched" | "dotted";

/** A stacked bar, with every text ready: the browser formats nothing. */
export interface Bar {
  key: string;
  /** Below the bar; `narrow` where there is little room, empty to leave it out. */
  axis: { wide: string; narrow: string };
  /** Value per series; null where nothing is known, which is drawn as a gap and not as zero. */
  values: number[] | null;
  /** A line across the bar to compare with. */
  reference: number | null;
  /** A sign below the label that the legend explains. */
  mark: string;
  /** What pointing at the bar shows. */
  title: string;
  lines: { label: string; value: string; fill?: Fill }[];
}

/** Height of the drawing in pixels, and the room left above the highest tick. */
export const PLOT = { height: 240, top: 5, barShare: 0.72 } as const;

export const patternId = (fill: Fill) => `fill-${fill}`;

/** Round numbers from 0 to at least `max`: at most six, evenly spaced. */
export function ticksUpTo(max: number): number[] {
  if (!(max > 0)) {
    return [0, 1];
  }
  const power = 10 ** Math.floor(Math.log10(max / 5));
  const step = [1, 2, 2.5, 5, 10].map((nice) => nice * power).find((size) => max / size <= 5);
  const size = step ?? max;
  return Array.from({ length: Math.ceil(max / size) + 1 }, (_, index) => index * size);
}
