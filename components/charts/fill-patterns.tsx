import { type Fill, patternId } from "./bars";

/** The fills of bars and legends, once per page; they follow the theme by their tokens. */
export function FillPatterns() {
  return (
    <svg aria-hidden="true" width="0" height="0" className="absolute">
      <defs>
        <pattern id={patternId("solid")} width="8" height="8" patternUnits="userSpaceOnUse">
          <rect width="8" height="8" className="fill-band-1" />
        </pattern>
        <pattern
          id={patternId("hatched")}
          width="5"
          height="5"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect width="5" height="5" className="fill-band-2" />
          <rect width="1.4" height="5" className="fill-panel" />
        </pattern>
        <pattern id={patternId("dotted")} width="5" height="5" patternUnits="userSpaceOnUse">
          <rect width="5" height="5" className="fill-band-3" />
          <circle cx="2.5" cy="2.5" r="0.9" className="fill-band-line" />
        </pattern>
        <pattern
          id="fill-gap"
          width="7"
          height="7"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(-45)"
        >
          <rect width="1" height="7" className="fill-line" />
        </pattern>
      </defs>
    </svg>
  );
}

/** A sample of a fill, for legends. */
export function Swatch({ fill }: { fill: Fill }) {
  return (
    <svg aria-hidden="true" width="16" height="16" className="inline-block shrink-0">
      <rect
        x="0.5"
        y="0.5"
        width="15"
        height="15"
        rx="2"
        fill={`url(#${patternId(fill)})`}
        className="stroke-band-line"
      />
    </svg>
  );
}
