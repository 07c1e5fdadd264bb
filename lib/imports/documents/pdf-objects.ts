import { inflateSync } from "node:zlib";
import { activeInText, activeMeaning, plainName } from "./active-names";
import { tokenAt, UnclosedStringError } from "./pdf-lexer";

/** Brackets in brackets; real files have about ten. */
const DEPTH_MAX = 200;
/** Bytes of a packed stream of objects, and of all of them. */
const PACKED_MAX = 16 * 1024 * 1024;
const PACKED_TOTAL_MAX = 64 * 1024 * 1024;

/** Every place where an object may begin, inside of streams and strings too: a table of objects may point to any. */
const BEGINNINGS =
  /[\d.+-]+(?:[\0\t\n\f\r ]|%[^\r\n]*[\r\n])+[\d.+-]+(?:[\0\t\n\f\r ]|%[^\r\n]*[\r\n])*obj|endstream|trailer/g;

const DAMAGED = "is damaged; export it again";

/** A PDF that must not go to anybody; the message goes on after "the PDF". */
export class PdfRefusal extends Error {
  override name = "PdfRefusal";
}

/**
 * Looks at every object of a PDF, packed ones too, reachable or not, for what may not be in a bill: whatever a reader
 * makes of the file is made of these.
 * @throws {PdfRefusal}
 */
export function examineObjects(content: Buffer): void {
  const text = content.toString("latin1");
  let unpacked = 0;
  for (const found of text.matchAll(BEGINNINGS)) {
    const stream = examineObject(text, found.index + found[0].length);
    if (stream) {
      const packed = unpack(content.subarray(stream.start), stream.filters);
      unpacked += packed.length;
      if (unpacked > PACKED_TOTAL_MAX) {
        throw new PdfRefusal("unpacks to far too much; export it again");
      }
      refuseActive(activeInText(packed.toString("latin1")));
    }
  }
}

interface ObjectStream {
  /** Where its bytes begin. */
  start: number;
  filters: string[];
}

/** Goes through one object; what it returns is the stream of objects that it is, if it is one. */
function examineObject(text: string, from: number): ObjectStream | undefined {
  const brackets: string[] = [];
  const names = new Set<string>();
  let filters: string[] = [];
  let last = "";
  for (let at = from; ; ) {
    const token = readToken(text, at);
    at = token.end;
    switch (token.kind) {
      case "end":
        return undefined;
      case "name": {
        const name = plainName(token.text);
        refuseActive(activeMeaning(name, text, at));
        if (name === "Encrypt") {
          throw new PdfRefusal("is encrypted; export it without a password or restrictions");
        }
        names.add(name);
        if (name === "Filter") {
          filters = filtersAt(text, at);
        }
        break;
      }
      case "open":
        brackets.push(token.text);
        if (brackets.length > DEPTH_MAX) {
          throw new PdfRefusal("is nested far too deeply; export it again");
        }
        break;
      case "close":
        // One that does not fit is passed over, as readers do.
        if (brackets.at(-1) === (token.text === "]" ? "[" : "<<")) {
          brackets.pop();
        }
        break;
      case "word":
        if (token.text === "stream" && last === ">>") {
          const packed = names.has("ObjStm") || (names.has("N") && names.has("First"));
          if (packed && names.has("Predictor")) {
            throw unusual();
          }
          return packed ? { start: streamStart(text, at), filters } : undefined;
        }
        // Inside of brackets readers go on behind it.
        if (brackets.length === 0 && /^(endobj|obj)$/.test(token.text)) {
          return undefined;
        }
    }
    last = token.text;
  }
}

function readToken(text: string, at: number) {
  try {
    return tokenAt(text, at);
  } catch (error) {
    throw error instanceof UnclosedStringError ? new PdfRefusal(DAMAGED) : error;
  }
}

/** The names behind /Filter: one, or an array of them. Anything else is told as an unusual one. */
function filtersAt(text: string, from: number): string[] {
  const first = readToken(text, from);
  if (first.kind === "name") {
    return [plainName(first.text)];
  }
  if (first.text !== "[") {
    return ["?"];
  }
  const filters: string[] = [];
  for (let token = readToken(text, first.end); token.text !== "]"; ) {
    filters.push(token.kind === "name" ? plainName(token.text) : "?");
    if (filters.length > 2) {
      break;
    }
    token = readToken(text, token.end);
  }
  return filters;
}

const streamStart = (text: string, at: number): number =>
  at + (/^(\r\n|\n|\r)?/.exec(text.slice(at, at + 2))?.[0].length ?? 0);

function unpack(bytes: Buffer, filters: string[]): Buffer {
  if (filters.length === 0) {
    const end = bytes.indexOf("endstream");
    return end < 0 ? bytes : bytes.subarray(0, end);
  }
  if (filters.length > 1 || !/^(FlateDecode|Fl)$/.test(filters[0] ?? "")) {
    throw unusual();
  }
  try {
    return inflateSync(bytes, { maxOutputLength: PACKED_MAX });
  } catch (error) {
    throw new PdfRefusal(
      (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE"
        ? "unpacks to far too much; export it again"
        : DAMAGED,
    );
  }
}

const unusual = () =>
  new PdfRefusal(
    "packs its objects in an unusual way, so they cannot be examined; export it again",
  );

function refuseActive(meaning: string | undefined): void {
  if (meaning !== undefined) {
    throw new PdfRefusal(`holds ${meaning}; a bill may not, export it without`);
  }
}
