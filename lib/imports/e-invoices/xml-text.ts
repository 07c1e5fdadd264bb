import { isAscii } from "node:buffer";
import type { FaultList } from "../errors";

/** Encodings that e-invoices come in, as TextDecoder knows them. */
const ENCODINGS = new Map([
  ["utf-8", "utf-8"],
  ["utf8", "utf-8"],
  ["us-ascii", "utf-8"],
  ["windows-1252", "windows-1252"],
  ["iso-8859-1", "windows-1252"],
  ["iso-8859-15", "iso-8859-15"],
]);

/** The XML declaration stands in the first bytes, in ASCII. */
const DECLARATION_BYTES = 200;
/** Bytes that become one string: longer ones cost several times as much, since they are no short-lived memory. */
const PIECE = 64 * 1024;

/**
 * The text of an XML file, piece by piece, by the encoding that it declares.
 * @throws {ImportRefusedError} if it is no XML text, or not of an encoding that we read
 */
export async function* xmlText(
  content: AsyncIterable<Buffer>,
  faults: FaultList,
): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  let begin = Buffer.alloc(0);
  let isWithinCharacter = false;
  const decode = (bytes?: Buffer) => {
    // The same in all these encodings, and most of every invoice.
    if (bytes && !isWithinCharacter && isAscii(bytes)) {
      return bytes.toString("latin1");
    }
    isWithinCharacter = (bytes?.at(-1) ?? 0) >= 0x80;
    try {
      return decoder?.decode(bytes, { stream: bytes !== undefined }) ?? "";
    } catch {
      return faults.refuse({
        reason: "holds bytes that are not of its declared encoding; export it again",
      });
    }
  };
  for await (const chunk of content) {
    let bytes = chunk;
    if (!decoder) {
      begin = Buffer.concat([begin, chunk]);
      if (begin.length < DECLARATION_BYTES) {
        continue;
      }
      decoder = decoderOf(begin, faults);
      bytes = begin;
    }
    for (let at = 0; at < bytes.length; at += PIECE) {
      yield decode(bytes.subarray(at, at + PIECE));
    }
  }
  if (!decoder) {
    decoder = decoderOf(begin, faults);
    yield decode(begin);
  }
  yield decode();
}

function decoderOf(begin: Buffer, faults: FaultList): TextDecoder {
  if (begin.length === 0) {
    faults.refuse({ reason: "is empty" });
  }
  const start = begin.subarray(0, DECLARATION_BYTES).toString("latin1");
  if (begin[0] === 0x30 && (begin[1] ?? 0) >= 0x80) {
    faults.refuse({ reason: "is signed (.p7m); unpack the invoice first" });
  }
  if (/^(\xff\xfe|\xfe\xff|<\0|\0<)/.test(start)) {
    faults.refuse({ reason: "is UTF-16; export it as UTF-8" });
  }
  if (!/^(\xef\xbb\xbf)?\s*</.test(start)) {
    faults.refuse({ reason: "is no XML: it does not begin with <" });
  }
  const declared = /^[^<]*<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)["']/.exec(start)?.[1];
  const encoding = ENCODINGS.get((declared ?? "utf-8").toLowerCase());
  if (!encoding) {
    return faults.refuse({ line: 1, reason: `is of encoding ${declared}; export it as UTF-8` });
  }
  // Plain text before it is not decoded by it: it cannot tell where the file begins. The parser passes a BOM over.
  return new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
}
