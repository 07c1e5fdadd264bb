import { formatDate, romeDay } from "@/lib/time";
import type { Language } from "../i18n/languages";
import { decorate, LEFT, MUTED, type Pdf, WIDTH, write } from "./tagged-pdf";

/** Where a window envelope (DL) shows the address, in points; as many lines as it has room for. */
const ADDRESS_AT = 128;
const ADDRESS_LINES = 5;

/** Where the letter's own words begin, below its title. */
export const WORDS_AT = 290;

export interface LetterHead {
  language: Language;
  company: { name: string; accentColor: string };
  /** How the company is reached, on one line. */
  contact: string;
  to: { name: string; address: string };
  writtenAt: Date;
  title: string;
}

/** Who writes, to whom, when and what about: the upper part of a letter's first page. */
export function drawLetterHead(pdf: Pdf, head: LetterHead): void {
  const { company, language, writtenAt } = head;
  const color = company.accentColor;
  decorate(pdf, () => pdf.rect(0, 0, 595.28, 10).fill(color));
  write(pdf, company.name, [LEFT, 36, WIDTH], { size: 15, bold: true, color });
  write(pdf, head.contact, [LEFT, 58, WIDTH], { size: 9, color: MUTED });
  for (const [line, text] of addressLines(head.to).entries()) {
    write(pdf, text, [LEFT, ADDRESS_AT + line * 15, WIDTH / 2], { size: 11 });
  }
  const date = formatDate(romeDay(writtenAt), language);
  write(pdf, date, [LEFT, 238, WIDTH], { size: 10, color: MUTED });
  write(pdf, head.title, [LEFT, 266, WIDTH], { size: 16, bold: true, tag: "H1" });
}

/** Where an address goes on to its next line; a house number stays with its street. */
const NEXT_LINE = /\s*\n\s*|,(?!\s*\d{1,4}[ /]?[a-z]?\s*(?:,|\n|$))\s*/i;

/** The name, then the address as it was written, each part on a line of its own. */
function addressLines({ name, address }: LetterHead["to"]): string[] {
  const parts = address.split(NEXT_LINE).filter(Boolean);
  const room = ADDRESS_LINES - 1;
  return [name, ...parts.slice(0, room - 1), parts.slice(room - 1).join(", ")].filter(Boolean);
}
