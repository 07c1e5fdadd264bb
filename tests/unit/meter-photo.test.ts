import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cleanPhoto, PHOTO_MEGABYTES } from "@/lib/consumption/photo/clean-photo";
import {
  exif,
  GPS_WORDS,
  JPEG,
  makeJpeg,
  makePng,
  makeWebp,
  pngChunk,
  WEBP_PICTURE,
  webpChunk,
} from "../factories/photos";

const faultOf = (file: Buffer) => {
  const cleaned = cleanPhoto(file);
  return cleaned.ok ? "taken" : cleaned.code;
};
const bytesOf = (file: Buffer) => {
  const cleaned = cleanPhoto(file);
  if (!cleaned.ok) {
    throw new Error(cleaned.code);
  }
  return cleaned.value.bytes;
};
const SCRIPT = Buffer.from(`<script>alert("meter")</script>${GPS_WORDS}`);

describe("a JPEG", () => {
  const XMP = JPEG.segment(0xe1, Buffer.from(`http://ns.adobe.com/xap/1.0/\0${GPS_WORDS}`));
  const COMMENT = JPEG.segment(0xfe, SCRIPT);
  const PROFILE = JPEG.segment(0xe2, Buffer.from(`ICC_PROFILE\0${GPS_WORDS}`));

  test("loses place, comment, profile and what stands behind its end", () => {
    const kept = bytesOf(
      makeJpeg([JPEG.segment(0xe1, exif(1)), XMP, COMMENT, PROFILE], Buffer.from(GPS_WORDS)),
    );
    expect(kept).toEqual(makeJpeg());
    expect(kept.includes("GPS")).toBe(false);
  });

  test.for(["II", "MM"] as const)("turned on its side it stays so, in %s order", (order) => {
    const kept = bytesOf(makeJpeg([JPEG.segment(0xe1, exif(6, order))]));
    expect(kept.includes("GPS")).toBe(false);
    // Cleaned again it is the same: what was written is read.
    expect(bytesOf(kept)).toEqual(kept);
    const upright = bytesOf(makeJpeg([JPEG.segment(0xe1, exif(1, order))]));
    expect(kept.length - upright.length).toBe(36);
    expect(kept.subarray(20, 56).toString("hex")).toBe(
      "ffe10022457869660000" + "4d4d002a00000008" + "0001011200030000000100060000" + "00000000",
    );
  });

  test("a small picture in its first segment is left out", () => {
    const { begin, tables, frame, codes, scan, end } = JPEG;
    const thumbnail = JPEG.segment(
      0xe0,
      Buffer.concat([Buffer.from("JFIF\0\x01\x02\0\0\x01\0\x01\x01\x01", "latin1"), SCRIPT]),
    );
    const kept = bytesOf(Buffer.concat([begin, thumbnail, tables, frame, codes, scan, end]));
    expect(kept.length).toBe(makeJpeg().length);
  });

  test("with restarts, stuffed bytes and several scans it stays as it was", () => {
    const { begin, jfif, tables, frame, codes, scan, end } = JPEG;
    const coded = Buffer.from([0xff, 0x00, 0x12, 0xff, 0xd0, 0x34, 0xff, 0xd7, 0xff, 0x00]);
    const file = Buffer.concat([begin, jfif, tables, frame, codes, scan, coded, scan, coded, end]);
    expect(bytesOf(file)).toEqual(file);
  });

  test("broken ones are refused: no end, no frame, no scan, two frames, a table too long", () => {
    const { begin, jfif, tables, frame, codes, scan, end } = JPEG;
    const whole = makeJpeg();
    const zero = JPEG.segment(0xc0, Buffer.from([8, 0, 0, 0, 8, 1, 1, 0x11, 0]));
    const huge = JPEG.segment(0xc0, Buffer.from([8, 0xff, 0xff, 0xff, 0xff, 1, 1, 0x11, 0]));
    for (const file of [
      whole.subarray(0, -2),
      whole.subarray(0, 60),
      Buffer.concat([begin, jfif, tables, codes, scan, end]),
      Buffer.concat([begin, jfif, tables, frame, codes, end]),
      Buffer.concat([begin, jfif, frame, frame, codes, scan, end]),
      Buffer.concat([begin, JPEG.segment(0xdb, Buffer.alloc(600)), frame, codes, scan, end]),
      Buffer.concat([begin, jfif, tables, zero, codes, scan, end]),
      Buffer.concat([begin, jfif, tables, huge, codes, scan, end]),
      Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), SCRIPT]),
    ]) {
      expect(faultOf(file)).toBe("unreadable");
    }
  });
});

describe("a PNG", () => {
  test("loses EXIF, texts, unknown chunks and what stands behind its end", () => {
    const extra = [
      pngChunk("eXIf", exif(1).subarray(6)),
      pngChunk("tEXt", Buffer.from(`Comment\0${GPS_WORDS}`)),
      pngChunk("iTXt", SCRIPT),
      pngChunk("prIv", SCRIPT),
    ];
    expect(bytesOf(makePng(extra, SCRIPT))).toEqual(makePng());
  });

  test("broken ones are refused: a wrong sum, no end, no picture", () => {
    const wrong = Buffer.from(makePng());
    wrong.writeUInt8(9, 24);
    expect(faultOf(wrong)).toBe("unreadable");
    expect(faultOf(makePng().subarray(0, -12))).toBe("unreadable");
    expect(faultOf(Buffer.from("\x89PNG\r\n\x1a\n<html>", "latin1"))).toBe("unreadable");
  });
});

describe("a WebP", () => {
  const extended = (flags: number) =>
    webpChunk("VP8X", Buffer.from([flags, 0, 0, 0, 0, 0, 0, 0, 0, 0]));

  test("loses EXIF, XMP, profile and what stands behind its end", () => {
    const file = makeWebp(
      [
        extended(0x3c),
        webpChunk("ICCP", SCRIPT),
        WEBP_PICTURE,
        webpChunk("EXIF", exif(1)),
        webpChunk("XMP ", SCRIPT),
      ],
      SCRIPT,
    );
    expect(bytesOf(file)).toEqual(makeWebp([extended(0x10), WEBP_PICTURE]));
  });

  test("a plain one stays as it is; one that moves, or has no picture, is refused", () => {
    const plain = makeWebp([WEBP_PICTURE]);
    expect(bytesOf(plain)).toEqual(plain);
    expect(faultOf(makeWebp([extended(0x02), webpChunk("ANIM", Buffer.alloc(6))]))).toBe(
      "unreadable",
    );
    expect(faultOf(makeWebp([extended(0)]))).toBe("unreadable");
    expect(faultOf(plain.subarray(0, -4))).toBe("unreadable");
  });
});

describe("cleanPhoto", () => {
  test("what begins otherwise is no photo, whatever it is called or holds", () => {
    const image = makeJpeg();
    for (const file of [
      Buffer.concat([SCRIPT, image]),
      Buffer.concat([Buffer.from("GIF89a"), image]),
      Buffer.from("%PDF-1.7"),
      Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"),
      Buffer.from("PK\x03\x04"),
      Buffer.from("RIFF\x10\0\0\0WAVEfmt "),
      Buffer.from("\0\0\0\x1cftypavif"),
      Buffer.from([0xff]),
    ]) {
      expect(faultOf(file)).toBe("no_photo");
    }
  });

  test("HEIC is told apart, nothing is nothing, and more than is allowed is too much", () => {
    expect(faultOf(Buffer.from("\0\0\0\x1cftypheic\0\0\0\0mif1", "latin1"))).toBe("heic");
    expect(faultOf(Buffer.from("\0\0\0\x1cftypmif1\0\0\0\0", "latin1"))).toBe("heic");
    expect(faultOf(Buffer.alloc(0))).toBe("no_file");
    const most = PHOTO_MEGABYTES * 1024 * 1024;
    const padded = (size: number) => makeJpeg([], Buffer.alloc(size - makeJpeg().length));
    expect(faultOf(padded(most))).toBe("taken");
    expect(faultOf(padded(most + 1))).toBe("too_large");
  });

  test("whatever is cut or changed ends in an answer, and what is taken is clean", () => {
    const files = [
      makeJpeg([JPEG.segment(0xe1, exif(6))]),
      makePng([pngChunk("tEXt", Buffer.from(GPS_WORDS))]),
      makeWebp([WEBP_PICTURE, webpChunk("EXIF", exif(1))]),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
        fc.nat(),
        (file, changes, cut) => {
          const changed = Buffer.from(file);
          for (const [at, value] of changes) {
            changed[at % changed.length] = value;
          }
          const cleaned = cleanPhoto(changed.subarray(0, changed.length - (cut % 8)));
          if (cleaned.ok) {
            expect(cleanPhoto(cleaned.value.bytes)).toEqual(cleaned);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
