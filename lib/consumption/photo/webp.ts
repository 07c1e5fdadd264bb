/** Of the flags of VP8X the one that speaks of the picture itself; the others of profile, EXIF, XMP and movement. */
const HAS_ALPHA = 0x10;
const MOVES = 0x02;

interface CleanWebp {
  bytes: Buffer;
  width: number;
  height: number;
}

/** A still WebP of what draws the picture and nothing else; null where it is none, moves, or is broken. */
export function cleanWebp(file: Buffer): CleanWebp | null {
  const whole = 8 + file.readUInt32LE(4);
  if (whole > file.length) {
    return null;
  }
  const parts: Buffer[] = [];
  let size: { width: number; height: number } | null = null;
  let at = 12;
  while (at + 8 <= whole) {
    const kind = file.toString("latin1", at, at + 4);
    const length = file.readUInt32LE(at + 4);
    const end = at + 8 + length + (length % 2);
    if (end > whole) {
      return null;
    }
    const content = file.subarray(at + 8, at + 8 + length);
    at = end;
    if (kind === "VP8X" && parts.length === 0 && length === 10) {
      if (((content[0] ?? 0) & MOVES) !== 0) {
        return null;
      }
      const kept = Buffer.from(content);
      kept.writeUInt32LE((content[0] ?? 0) & HAS_ALPHA, 0);
      parts.push(chunk(kind, kept));
    } else if (kind === "ALPH" && size === null) {
      parts.push(chunk(kind, content));
    } else if ((kind === "VP8 " || kind === "VP8L") && size === null) {
      size = kind === "VP8 " ? sizeOfLossy(content) : sizeOfLossless(content);
      if (!size) {
        return null;
      }
      parts.push(chunk(kind, content));
    } else if (kind === "VP8X" || kind.startsWith("VP8") || kind.startsWith("AN")) {
      return null;
    }
  }
  if (!size) {
    return null;
  }
  const body = Buffer.concat([Buffer.from("WEBP", "latin1"), ...parts]);
  const head = Buffer.from("RIFF\0\0\0\0", "latin1");
  head.writeUInt32LE(body.length, 4);
  return { bytes: Buffer.concat([head, body]), ...size };
}

function chunk(kind: string, content: Buffer): Buffer {
  const head = Buffer.from(`${kind}\0\0\0\0`, "latin1");
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}

/** RFC 6386, 9.1: a key frame's start code, then 14 bits each. */
function sizeOfLossy(content: Buffer) {
  if (content.length < 10 || content.readUIntBE(3, 3) !== 0x9d012a) {
    return null;
  }
  return { width: content.readUInt16LE(6) & 0x3fff, height: content.readUInt16LE(8) & 0x3fff };
}

/** One less than width and height in 14 bits each, after a byte that names the format. */
function sizeOfLossless(content: Buffer) {
  if (content.length < 5 || content[0] !== 0x2f) {
    return null;
  }
  const bits = content.readUInt32LE(1);
  return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
}
