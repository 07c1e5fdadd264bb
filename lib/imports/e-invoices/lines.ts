import type { LINE_SECTIONS } from "@/db/schema";
import { shown } from "../errors";
import { parseAmount, plainNumber, toCents } from "./amounts";
import { all, textAt, type XmlNode } from "./xml-tree";

export interface InvoiceLine {
  section: (typeof LINE_SECTIONS)[number];
  description: string;
  quantity: string | null;
  unit: string | null;
  unitPriceEur: string | null;
  amountCents: number;
}

const LINES_MAX = 20_000;

/** Words of the regulator's sections, in the order in which they decide. */
const SECTIONS: [RegExp, InvoiceLine["section"]][] = [
  [/prescri/i, "time-barred"],
  [/accis|addizional|impost|\biva\b|\bi\.v\.a/i, "taxes"],
  [/oneri (generali|di sistema)|\basos\b|\barim\b|sistema/i, "system"],
  [/trasport|distribuz|contatore|rete|misura/i, "network"],
  [/energia|materia|gas natural|vendita|dispacciament|perdite|consum|calore|acqua/i, "energy"],
];

type Say = (column: string, reason: string) => void;

/** The lines of a body; what is not to be read is said. `turned`: amounts change their sign. */
export function linesOf(body: XmlNode, turned: boolean, say: Say): InvoiceLine[] {
  const found = all(body, "DatiBeniServizi/DettaglioLinee");
  if (found.length > LINES_MAX) {
    say("DettaglioLinee", `there are ${found.length} lines, and ${LINES_MAX} are the most`);
    return [];
  }
  return found.flatMap((line) => {
    const text = textAt(line, "PrezzoTotale") ?? "";
    const amount = parseAmount(text);
    const cents = amount === undefined ? undefined : toCents(amount);
    if (cents === undefined) {
      say("PrezzoTotale", `${shown(text)} is not an amount such as 12.34`);
      return [];
    }
    const description = cut((textAt(line, "Descrizione") ?? "–").replace(/\s+/g, " "), 300);
    return {
      section: sectionOf(description),
      description,
      quantity: numberAt(line, "Quantita"),
      unit: cut(textAt(line, "UnitaMisura") ?? "", 20) || null,
      unitPriceEur: numberAt(line, "PrezzoUnitario"),
      amountCents: turned ? -cents : cents,
    };
  });
}

/** Descriptions are few, and stand in invoice after invoice. */
const sections = new Map<string, InvoiceLine["section"]>();
const SECTIONS_KNOWN = 1_000;

function sectionOf(description: string): InvoiceLine["section"] {
  let section = sections.get(description);
  if (!section) {
    section = SECTIONS.find(([words]) => words.test(description))?.[1] ?? "other";
    if (sections.size < SECTIONS_KNOWN) {
      sections.set(description, section);
    }
  }
  return section;
}

/** The beginning of a text, and no half of a character: PostgreSQL takes none. */
const cut = (text: string, most: number) =>
  text.length <= most ? text : text.slice(0, most).replace(/\p{Cs}$/u, "");

function numberAt(line: XmlNode, name: string): string | null {
  const amount = parseAmount(textAt(line, name) ?? "");
  return amount === undefined ? null : plainNumber(amount);
}
