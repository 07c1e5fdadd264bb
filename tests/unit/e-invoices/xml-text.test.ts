import fc from "fast-check";
import { expect, test } from "vitest";
import { xmlText } from "@/lib/imports/e-invoices/xml-text";
import { FaultList, ImportRefusedError } from "@/lib/imports/errors";

const PIECE = 64 * 1024;
const PROLOG = '<?xml version="1.0" encoding="ENCODING"?>';

async function textOf(bytes: Buffer, cuts: number[]): Promise<string> {
  const content = async function* () {
    const places = [...cuts.map((cut) => cut % bytes.length), bytes.length];
    let from = 0;
    for (const to of places.sort((one, other) => one - other)) {
      yield bytes.subarray(from, to);
      from = to;
    }
  };
  let text = "";
  for await (const piece of xmlText(content(), new FaultList("invoice.xml"))) {
    text += piece;
  }
  return text;
}

/** Plain text up to about a piece's end, and what is none: there a character may be parted. */
const segment = fc.oneof(
  fc.integer({ min: 0, max: 40 }).map((length) => "a".repeat(length)),
  fc.integer({ min: -300, max: 300 }).map((off) => "b".repeat(PIECE + off)),
  fc.constantFrom("à", "é€", "\u{1F600}", "\uFEFF", "€€€"),
);

test.each(["", "\uFEFF"])(
  "text is what the file says, wherever it is cut; it begins with %j",
  async (begin) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(segment, { maxLength: 12 }),
        fc.array(fc.nat(), { maxLength: 4 }),
        async (segments, cuts) => {
          const written = begin + PROLOG.replace("ENCODING", "utf-8") + segments.join("");
          expect((await textOf(Buffer.from(written), cuts)) === written).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  },
);

test.each([
  ["windows-1252", 0x80, "€"],
  ["ISO-8859-1", 0xe0, "à"],
  ["ISO-8859-15", 0xa4, "€"],
] as const)("of %s too, at a piece's end and after it", async (encoding, byte, character) => {
  const prolog = PROLOG.replace("ENCODING", encoding);
  const bytes = (parts: (string | number)[]) =>
    Buffer.concat(parts.map((part) => Buffer.from(typeof part === "string" ? part : [part])));
  const filler = "c".repeat(PIECE - prolog.length - 1);
  const read = await textOf(bytes([prolog, filler, byte, byte, "d".repeat(PIECE), byte]), []);
  expect(
    read === `${prolog}${filler}${character}${character}${"d".repeat(PIECE)}${character}`,
  ).toBe(true);
});

test.each([
  ["a byte that begins nothing", [0xff]],
  ["half a character before plain text", [0xc3, 0x61]],
  ["half a character at the end", [0xe2, 0x82]],
])("%s is told, wherever it stands", async (_, bytes) => {
  const prolog = PROLOG.replace("ENCODING", "utf-8");
  for (const off of [-2, -1, 0, 1]) {
    const filler = Buffer.from("e".repeat(PIECE - prolog.length + off));
    await expect(
      textOf(Buffer.concat([Buffer.from(prolog), filler, Buffer.from(bytes)]), []),
    ).rejects.toThrow(ImportRefusedError);
  }
});
