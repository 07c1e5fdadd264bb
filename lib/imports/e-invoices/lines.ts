import type { LINE_SECTIONS } from "@/db/schema";
import { apart, shown } from "../errors";
import { parseCents, plainDecimal } from "./amounts";
import { all, type XmlNode } from "./xml-tree";

export interface InvoiceLine {
  section: (typeof LINE_SECTIONS)[number];
  description: string;
  quantity: string | null;
  unit: string | null;
  unitPriceEur: string | null;
  amountCents: number;
}

/** What a line (DettaglioLinee) says, read once for all who ask. Trimmed; undefined where it is missing or empty. */
export interface LineTexts {
  description: string | undefined;
  /** Without needless zeros; only where it is a number. */
  quantity: string | undefined;
  unit: string | undefined;
  unitPrice: string | undefined;
  total: string | undefined;
  /** As written: a day, mostly. */
  from: string | undefined;
  to: string | undefined;
  /** RiferimentoAmministrazione. */
  reference: string | undefined;
  /** AltriDatiGestionali. */
  others: XmlNode[];
}

/** Most lines have none, and there are millions. */
const NO_OTHERS: XmlNode[] = [];

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

export const lineTextsOf = (body: XmlNode): LineTexts[] =>
  all(body, "DatiBeniServizi/DettaglioLinee").map(lineTexts);

function lineTexts({ children }: XmlNode): LineTexts {
  // All at once: an object that grows costs more.
  const texts: LineTexts = {
    description: undefined,
    quantity: undefined,
    unit: undefined,
    unitPrice: undefined,
    total: undefined,
    from: undefined,
    to: undefined,
    reference: undefined,
    others: NO_OTHERS,
  };
  for (const child of children) {
    switch (child.name) {
      case "Descrizione":
        texts.description ??= textOf(child);
        break;
      case "Quantita":
        texts.quantity ??= plainDecimal(child.text.trim());
        break;
      case "UnitaMisura":
        texts.unit ??= textOf(child);
        break;
      case "DataInizioPeriodo":
        texts.from ??= textOf(child);
        break;
      case "DataFinePeriodo":
        texts.to ??= textOf(child);
        break;
      case "PrezzoUnitario":
        texts.unitPrice ??= textOf(child);
        break;
      case "PrezzoTotale":
        texts.total ??= textOf(child);
        break;
      case "RiferimentoAmministrazione":
        texts.reference ??= textOf(child);
        break;
      case "AltriDatiGestionali":
        if (texts.others === NO_OTHERS) {
          texts.others = [];
        }
        texts.others.push(child);
        break;
    }
  }
  return texts;
}

const textOf = ({ text }: XmlNode) => text.trim() || undefined;

/** The lines of a body; what is not to be read is said. `turned`: amounts change their sign. */
export function linesOf(found: LineTexts[], turned: boolean, say: Say): InvoiceLine[] {
  if (found.length > LINES_MAX) {
    say("DettaglioLinee", `there are ${found.length} lines, and ${LINES_MAX} are the most`);
    return [];
  }
  const lines: InvoiceLine[] = [];
  for (const line of found) {
    const text = line.total ?? "";
    const cents = parseCents(text);
    if (cents === undefined) {
      say("PrezzoTotale", `${shown(text)} is not an amount such as 12.34`);
      continue;
    }
    const { section, description } = describe(line.description ?? "–");
    lines.push({
      section,
      description,
      quantity: line.quantity ?? null,
      unit: cut(line.unit ?? "", 20) || null,
      unitPriceEur: plainDecimal(line.unitPrice ?? "") ?? null,
      amountCents: turned ? -cents : cents,
    });
  }
  return lines;
}

type Described = Pick<InvoiceLine, "section" | "description">;

/** Descriptions are few, and stand in invoice after invoice. */
const known = new Map<string, Described>();
const KNOWN_MAX = 1_000;

function describe(text: string): Described {
  let described = known.get(text);
  if (!described) {
    const description = apart(cut(text.replace(/\s+/g, " "), 300));
    const section = SECTIONS.find(([words]) => words.test(description))?.[1] ?? "other";
    described = { section, description };
    if (known.size < KNOWN_MAX && text.length <= 300) {
      known.set(apart(text), described);
    }
  }
  return described;
}

/** The beginning of a text, and no half of a character: PostgreSQL takes none. */
const cut = (text: string, most: number) =>
  text.length <= most ? text : text.slice(0, most).replace(/\p{Cs}$/u, "");
