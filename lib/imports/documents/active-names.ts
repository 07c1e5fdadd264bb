/** What a bill may not hold, by the names that PDF has for it (ISO 32000-1, 7.11, 12.6, 12.7, 13). */
const ACTIVE = new Map([
  ["JavaScript", "JavaScript"],
  ["Launch", "an action that starts a program"],
  ["EmbeddedFile", "an embedded file"],
  ["EmbeddedFiles", "an embedded file"],
  ["GoToE", "an embedded file"],
  ["XFA", "an XFA form"],
  ["RichMedia", "rich media"],
  ["Rendition", "rich media"],
  ["SubmitForm", "an action that sends a form"],
  ["ImportData", "an action that imports data"],
]);
/** Short ones may also name a font or a character: with them counts what follows. */
const SHORT = new Map([
  ["JS", "JavaScript"],
  ["AA", "an action that runs by itself"],
]);

const FOLLOWED = /(?:[\0\t\n\f\r ]|%[^\r\n]*[\r\n])*(?:[<(]|\d+[\0\t\n\f\r ]+\d+[\0\t\n\f\r ]+R)/y;
const NAME = /\/([^\0\t\n\f\r ()<>[\]{}/%]*)/g;

/** A name as it is meant: `Java#53cript` is JavaScript. */
export const plainName = (raw: string): string =>
  raw.replace(/#([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );

/** What a name stands for that a bill may not hold; `text` goes on at `end`, behind the name. */
export function activeMeaning(name: string, text: string, end: number): string | undefined {
  const short = SHORT.get(name);
  if (short !== undefined) {
    FOLLOWED.lastIndex = end;
    return FOLLOWED.test(text) ? short : undefined;
  }
  return ACTIVE.get(name);
}

/**
 * The same for a text in which objects may begin anywhere, strings included: every name in it counts.
 */
export function activeInText(text: string): string | undefined {
  for (const found of text.matchAll(NAME)) {
    const name = plainName(found[1] ?? "");
    const meaning = activeMeaning(name, text, found.index + found[0].length);
    if (meaning !== undefined) {
      return meaning;
    }
  }
  return undefined;
}
