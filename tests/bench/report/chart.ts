import type { Curve } from "./report";

const WIDTH = 420;
const HEIGHT = 240;
const LEFT = 64;
const RIGHT = 24;
const TOP = 44;
const BOTTOM = 46;

/** Ten thousand as 10k, a million as 1M. */
export const sizeName = (contracts: number) =>
  contracts >= 1e6 ? `${contracts / 1e6}M` : `${contracts / 1e3}k`;

/** With three figures, as far as they tell something. */
export const figure = (value: number) =>
  value >= 100
    ? Math.round(value).toLocaleString("en")
    : value.toLocaleString("en", { maximumSignificantDigits: 3 });

/** The same as a chart, in a sentence: what who cannot see it reads. */
export function curveWords({ title, unit, limitIs, points }: Curve): string {
  const told = points.map(({ contracts, ours, limit }) => {
    const beside = limit === undefined ? "" : ` (${limitIs}: ${figure(limit)})`;
    return `${figure(ours)} ${unit} at ${contracts.toLocaleString("en")} contracts${beside}`;
  });
  return `${title}: ${told.join(", ")}.`;
}

/** A curve as SVG that reads on light and dark alike; sizes grow tenfold from tick to tick. */
export function curveChart(curve: Curve): string {
  const { title, unit, limitIs, points } = curve;
  const top = niceAbove(Math.max(...points.flatMap(({ ours, limit = 0 }) => [ours, limit])));
  const logs = points.map(({ contracts }) => Math.log10(contracts));
  const [first = 0, last = 1] = [logs[0], logs.at(-1)];
  const across = WIDTH - LEFT - RIGHT;
  const x = (at: number) => LEFT + (((logs[at] ?? first) - first) / (last - first || 1)) * across;
  const y = (value: number) => TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM);
  const line = (values: (number | undefined)[], kind: string) => {
    const places = values.flatMap((value, at) =>
      value === undefined ? [] : [`${round(x(at))},${round(y(value))}`],
    );
    return places.length > 0 ? `<polyline class="${kind}" points="${places.join(" ")}"/>` : "";
  };
  const grid = [0, top / 2, top].map(
    (value) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${round(y(value))}" y2="${round(y(value))}"/>` +
      `<text x="${LEFT - 8}" y="${round(y(value)) + 4}" text-anchor="end">${figure(value)}</text>`,
  );
  const marks = points.map(
    ({ contracts, ours }, at) =>
      `<circle class="dot" cx="${round(x(at))}" cy="${round(y(ours))}" r="3.5"/>` +
      `<text x="${round(x(at))}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${sizeName(contracts)}</text>`,
  );
  const sample = (kind: string, at: number, words: string) =>
    `<line class="${kind}" x1="${at}" x2="${at + 22}" y1="${HEIGHT - 14}" y2="${HEIGHT - 14}"/>` +
    `<text x="${at + 28}" y="${HEIGHT - 10}">${escaped(words)}</text>`;
  const legend = [
    sample("ours", 16, "ours, by contracts"),
    ...(limitIs ? [sample("limit", 158, limitIs)] : []),
  ];
  const end = points.at(-1)?.ours ?? 0;
  // Above the line, away from the other one.
  const lastFigure = `<text class="head" x="${WIDTH - RIGHT}" y="${round(y(end)) - 9}" text-anchor="end">${figure(end)}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-labelledby="title description">
<title id="title">${escaped(title)}</title>
<desc id="description">${escaped(curveWords(curve))}</desc>
<style>
text { font: 12px system-ui, sans-serif; fill: #3d4852 }
.head { font-weight: 600; font-size: 14px; fill: #1b2733 }
.grid { stroke: #d5dbe1 } .dot { fill: #0b5a68 }
.ours { fill: none; stroke: #0b5a68; stroke-width: 2.5 }
.limit { fill: none; stroke: #8a5a00; stroke-width: 2; stroke-dasharray: 6 4 }
.paper { fill: #ffffff }
@media (prefers-color-scheme: dark) {
text { fill: #c3ccd5 } .head { fill: #f0f4f7 } .grid { stroke: #3a444e }
.dot { fill: #6cc5d6 } .ours { stroke: #6cc5d6 } .limit { stroke: #e0b060 } .paper { fill: #12181e }
}
</style>
<rect class="paper" width="${WIDTH}" height="${HEIGHT}" rx="8"/>
<text class="head" x="16" y="22">${escaped(`${title}, ${unit}`)}</text>
${grid.join("\n")}
${line(
  points.map(({ limit }) => limit),
  "limit",
)}
${line(
  points.map(({ ours }) => ours),
  "ours",
)}
${marks.join("\n")}
${lastFigure}
${legend.join("\n")}
</svg>
`;
}

const round = (value: number) => Math.round(value * 10) / 10;

/** 1, 2 or 5 times a power of ten, above a value: half of it is a fine number too. */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value || 1));
  return ([1, 2, 5, 10].find((times) => times * power >= value) ?? 10) * power;
}

const escaped = (words: string) =>
  words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
