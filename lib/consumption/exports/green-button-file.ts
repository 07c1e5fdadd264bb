import { createHash } from "node:crypto";
import { escapeHtml } from "@/lib/mail/escape-html";
import type { Commodity } from "../quantity";
import type { ConsumptionDay, Direction, MeteredContract } from "../queries";
import { intervalsOf } from "./exported-days";

const ESPI = "http://naesb.org/espi";

/** ESPI's codes: kind of service, commodity, unit, and the power of ten that makes base units of it. */
const CODES: Record<Commodity, { service: number; commodity: number; uom: number; power: number }> =
  {
    electricity: { service: 0, commodity: 1, uom: 72, power: 0 },
    // Cubic metres at standard conditions.
    gas: { service: 1, commodity: 7, uom: 167, power: -3 },
    water: { service: 2, commodity: 9, uom: 42, power: -3 },
    district_heating: { service: 4, commodity: 12, uom: 72, power: 0 },
  };
const FLOW: Record<Direction, number> = { consumption: 1, injection: 19 };
/** Of a value that was estimated. */
const ESTIMATED = 8;
/** The last Sunday of March at 2, and of October at 3 on summer's clock, as ESPI packs them. */
const CLOCK = { start: "3E0E2000", end: "AE0E3000" } as const;

/**
 * A Green Button feed (ESPI 1.1 in Atom): a reading type for each direction and length of interval, a block a
 * day. What was not measured is left out (R22). Ids come from the contract and the day: the same export twice
 * has the same ids.
 */
export async function* greenButtonOfDays(
  contract: MeteredContract,
  days: AsyncIterable<ConsumptionDay>,
  updated: Date,
): AsyncGenerator<string> {
  const { commodity, contractNumber } = contract;
  const root = `/espi/1_1/resource/UsagePoint/${idOf(contract.id)}`;
  const at = updated.toISOString();
  const entry = (
    self: string,
    up: string,
    title: string,
    content: string,
    related: string[] = [],
  ) =>
    `<entry><id>urn:uuid:${idOf(self)}</id><link rel="self" href="${self}"/><link rel="up" href="${up}"/>${related
      .map((href) => `<link rel="related" href="${href}"/>`)
      .join(
        "",
      )}<title>${escapeHtml(title)}</title><published>${at}</published><updated>${at}</updated><content>${content}</content></entry>\n`;
  yield `<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:uuid:${idOf(`feed ${root}`)}</id><title>${escapeHtml(contractNumber)}</title><updated>${at}</updated>
`;
  yield entry(
    root,
    "/espi/1_1/resource/UsagePoint",
    contract.supplyPoint,
    `<UsagePoint xmlns="${ESPI}"><ServiceCategory><kind>${CODES[commodity].service}</kind></ServiceCategory></UsagePoint>`,
    ["/espi/1_1/resource/LocalTimeParameters/1"],
  );
  yield entry(
    "/espi/1_1/resource/LocalTimeParameters/1",
    "/espi/1_1/resource/LocalTimeParameters",
    "Europe/Rome",
    `<LocalTimeParameters xmlns="${ESPI}"><dstEndRule>${CLOCK.end}</dstEndRule><dstOffset>3600</dstOffset><dstStartRule>${CLOCK.start}</dstStartRule><tzOffset>3600</tzOffset></LocalTimeParameters>`,
  );
  const kinds = new Set<string>();
  for await (const day of days) {
    const minutes = day.profile?.minutes;
    if (minutes === undefined) {
      continue;
    }
    const kind = `${day.direction}-${minutes}`;
    const meter = `${root}/MeterReading/${kind}`;
    const type = `/espi/1_1/resource/ReadingType/${commodity}-${kind}`;
    if (!kinds.has(kind)) {
      kinds.add(kind);
      yield entry(
        type,
        "/espi/1_1/resource/ReadingType",
        kind,
        readingType(commodity, day.direction, minutes),
      );
      yield entry(meter, `${root}/MeterReading`, kind, `<MeterReading xmlns="${ESPI}"/>`, [type]);
    }
    const block = `${meter}/IntervalBlock/${day.localDay}`;
    yield entry(block, `${meter}/IntervalBlock`, day.localDay, intervalBlock(day));
  }
  yield "</feed>\n";
}

function readingType(commodity: Commodity, direction: Direction, minutes: number): string {
  const codes = CODES[commodity];
  return `<ReadingType xmlns="${ESPI}"><accumulationBehaviour>4</accumulationBehaviour><commodity>${codes.commodity}</commodity><flowDirection>${FLOW[direction]}</flowDirection><intervalLength>${minutes * 60}</intervalLength><powerOfTenMultiplier>${codes.power}</powerOfTenMultiplier><uom>${codes.uom}</uom></ReadingType>`;
}

function intervalBlock(day: ConsumptionDay): string {
  const intervals = intervalsOf(day);
  const seconds = (instant: string) => Date.parse(instant) / 1000;
  const [first] = intervals;
  const last = intervals.at(-1);
  if (!first || !last) {
    return `<IntervalBlock xmlns="${ESPI}"/>`;
  }
  const start = seconds(first.start);
  const readings = intervals.flatMap(({ start: from, end, base, quality }) =>
    base === null
      ? []
      : `<IntervalReading>${
          quality === "estimated"
            ? `<ReadingQuality><quality>${ESTIMATED}</quality></ReadingQuality>`
            : ""
        }<timePeriod><duration>${seconds(end) - seconds(from)}</duration><start>${seconds(from)}</start></timePeriod><value>${base}</value></IntervalReading>`,
  );
  return `<IntervalBlock xmlns="${ESPI}"><interval><duration>${seconds(last.end) - start}</duration><start>${start}</start></interval>${readings.join("")}</IntervalBlock>`;
}

/** A name as a UUID that is always the same. */
function idOf(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
