type Kind = "name" | "open" | "close" | "string" | "word" | "end";

export interface Token {
  kind: Kind;
  /** A name without its slash, as it is written; a bracket; a word. */
  text: string;
  /** Where the text goes on behind it. */
  end: number;
}

const SPACE = /(?:[\0\t\n\f\r ]|%[^\r\n]*(?:[\r\n]|$))*/y;
const REGULAR = /[^\0\t\n\f\r ()<>[\]{}/%]*/y;

/** A text string that is opened and never closed. */
export class UnclosedStringError extends Error {
  override name = "UnclosedStringError";
}

/**
 * The token of a PDF's text (latin1) at or behind a place (ISO 32000-1, 7.2). Does not look into strings.
 * @throws {UnclosedStringError}
 */
export function tokenAt(text: string, place: number): Token {
  SPACE.lastIndex = place;
  SPACE.test(text);
  const at = SPACE.lastIndex;
  const first = text[at];
  switch (first) {
    case undefined:
      return { kind: "end", text: "", end: text.length };
    case "/": {
      const end = regularEnd(text, at + 1);
      return { kind: "name", text: text.slice(at + 1, end), end };
    }
    case "(":
      return { kind: "string", text: "", end: stringEnd(text, at) };
    case "<":
      return text[at + 1] === "<"
        ? { kind: "open", text: "<<", end: at + 2 }
        : { kind: "string", text: "", end: closingOf(text, ">", at) };
    case ">":
      return text[at + 1] === ">"
        ? { kind: "close", text: ">>", end: at + 2 }
        : { kind: "word", text: ">", end: at + 1 };
    case "[":
      return { kind: "open", text: first, end: at + 1 };
    case "]":
      return { kind: "close", text: first, end: at + 1 };
    case ")":
    case "{":
    case "}":
      return { kind: "word", text: first, end: at + 1 };
    default: {
      const end = regularEnd(text, at);
      return { kind: "word", text: text.slice(at, end), end };
    }
  }
}

function regularEnd(text: string, at: number): number {
  REGULAR.lastIndex = at;
  REGULAR.test(text);
  return REGULAR.lastIndex;
}

function closingOf(text: string, closing: string, at: number): number {
  const found = text.indexOf(closing, at);
  if (found < 0) {
    throw new UnclosedStringError();
  }
  return found + 1;
}

const STRING_PART = /[\\()]/g;

function stringEnd(text: string, at: number): number {
  let depth = 0;
  STRING_PART.lastIndex = at;
  for (let part = STRING_PART.exec(text); part; part = STRING_PART.exec(text)) {
    if (part[0] === "\\") {
      STRING_PART.lastIndex = part.index + 2;
    } else {
      depth += part[0] === "(" ? 1 : -1;
      if (depth === 0) {
        return part.index + 1;
      }
    }
  }
  throw new UnclosedStringError();
}
