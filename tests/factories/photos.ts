import { crc32, deflateSync } from "node:zlib";

/** Where a phone says that it was: what no kept photo may hold. */
export const GPS_WORDS = "GPS 45.4642N 9.1900E";

const segment = (marker: number, content: Buffer) => {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
};

/** EXIF as phones write it: which way is up, and a place. */
export function exif(orientation: number, order: "II" | "MM" = "II"): Buffer {
  const tiff = Buffer.alloc(38);
  const little = order === "II";
  const write16 = (value: number, at: number) =>
    little ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at);
  const write32 = (value: number, at: number) =>
    little ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at);
  tiff.write(order, 0, "latin1");
  write16(42, 2);
  write32(8, 4);
  write16(2, 8);
  write16(0x010f, 10);
  write16(0x0112, 22);
  write16(3, 24);
  write32(1, 26);
  write16(orientation, 30);
  return Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff, Buffer.from(GPS_WORDS)]);
}

/** A grey JPEG of 8 × 8, in its parts, to be put together with what a test adds. */
export const JPEG = {
  begin: Buffer.from([0xff, 0xd8]),
  jfif: segment(0xe0, Buffer.from("JFIF\0\x01\x01\0\0\x01\0\x01\0\0", "latin1")),
  tables: segment(0xdb, Buffer.concat([Buffer.from([0]), Buffer.alloc(64, 16)])),
  frame: segment(0xc0, Buffer.from([8, 0, 8, 0, 8, 1, 1, 0x11, 0])),
  codes: Buffer.concat([
    segment(0xc4, Buffer.from([0x00, 1, ...Buffer.alloc(15), 0])),
    segment(0xc4, Buffer.from([0x10, 1, ...Buffer.alloc(15), 0])),
  ]),
  scan: Buffer.concat([segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])), Buffer.from([0x3f])]),
  end: Buffer.from([0xff, 0xd9]),
  segment,
};

/** The whole of it, with `extra` segments after the first and `after` behind its end. */
export const makeJpeg = (extra: Buffer[] = [], after = Buffer.alloc(0)): Buffer => {
  const { begin, jfif, tables, frame, codes, scan, end } = JPEG;
  return Buffer.concat([begin, jfif, ...extra, tables, frame, codes, scan, end, after]);
};

/** A chunk of a PNG. */
export function pngChunk(kind: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(kind, "latin1"), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

/** A grey PNG of 1 × 1, with `extra` chunks and what stands `after` its end. */
export function makePng(extra: Buffer[] = [], after = Buffer.alloc(0)): Buffer {
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    pngChunk("IHDR", header),
    ...extra,
    pngChunk("IDAT", deflateSync(Buffer.from([0, 128]))),
    pngChunk("IEND", Buffer.alloc(0)),
    after,
  ]);
}

/** A chunk of a WebP. */
export function webpChunk(kind: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(content.length);
  const padding = Buffer.alloc(content.length % 2);
  return Buffer.concat([Buffer.from(kind, "latin1"), length, content, padding]);
}

/** A WebP of these chunks. */
export function makeWebp(chunks: Buffer[], after = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from("WEBP"), ...chunks]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([Buffer.from("RIFF"), length, body, after]);
}

/** A lossless picture of 1 × 1 for a WebP. */
export const WEBP_PICTURE = webpChunk("VP8L", Buffer.from("2f000000001007101111888808", "hex"));
