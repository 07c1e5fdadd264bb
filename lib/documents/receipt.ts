import { LINE_SECTIONS } from "@/db/schema";

export type LineSection = (typeof LINE_SECTIONS)[number];

/** The sections whose amounts are paid for a consumption, and so have an average price. */
const PER_UNIT: LineSection[] = ["energy", "network", "system"];

interface ReceiptLine {
  section: LineSection;
  amountCents: number;
}

export interface ReceiptSection<Line> {
  section: LineSection;
  lines: Line[];
  /** Sum of its lines. */
  amountCents: number;
  /** In the bill's unit; null where a price per unit would say nothing. */
  quantity: number | null;
  /** Euro per unit, everything in the section included. */
  averageEur: number | null;
}

interface Receipt<Line> {
  /** In the order of the regulated bill; time-barred amounts stand apart from them. */
  sections: ReceiptSection<Line>[];
  timeBarred: ReceiptSection<Line> | null;
  /** What the total has beyond the lines, for example rounding; 0 when the lines add up. */
  notItemisedCents: number;
}

/**
 * A bill's lines as its "receipt": quantity × average price per section. The quantity is the bill's
 * own, never a sum over lines, since the same one repeats on many of them.
 */
export function receiptOf<Line extends ReceiptLine>(bill: {
  lines: Line[];
  totalCents: number;
  consumption: number | null;
}): Receipt<Line> {
  const sections = LINE_SECTIONS.map((section) => sectionOf(section, bill)).filter(
    ({ lines }) => lines.length > 0,
  );
  const itemised = sections.reduce((sum, { amountCents }) => sum + amountCents, 0);
  return {
    sections: sections.filter(({ section }) => section !== "time-barred"),
    timeBarred: sections.find(({ section }) => section === "time-barred") ?? null,
    notItemisedCents: bill.totalCents - itemised,
  };
}

function sectionOf<Line extends ReceiptLine>(
  section: LineSection,
  bill: { lines: Line[]; consumption: number | null },
): ReceiptSection<Line> {
  const lines = bill.lines.filter((line) => line.section === section);
  const amountCents = lines.reduce((sum, line) => sum + line.amountCents, 0);
  const used = PER_UNIT.includes(section) && bill.consumption ? bill.consumption : null;
  return {
    section,
    lines,
    amountCents,
    quantity: used,
    averageEur: used ? amountCents / 100 / used : null,
  };
}
