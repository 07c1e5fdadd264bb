/** Markers of a JPEG (ITU-T T.81, table B.1). */
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const DQT = 0xdb;
const DRI = 0xdd;
const DHT = 0xc4;
const COM = 0xfe;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP14 = 0xee;
const APP15 = 0xef;
/** Baseline, extended and progressive: what browsers draw. */
const FRAMES = [0xc0, 0xc1, 0xc2];
/** The longest that the tables of one segment can be, with its two bytes of length. */
const LONGEST: Record<number, number> = { [DQT]: 2 + 4 * 129, [DHT]: 2 + 8 * 273, [DRI]: 4 };

interface CleanJpeg {
  bytes: Buffer;
  width: number;
  height: number;
}

/**
 * A JPEG of what draws the picture and nothing else: no EXIF or XMP (place, time, device, small pictures), no colour
 * profile, no comment, nothing after its end. Only which way is up is written anew. Null where it is none, or broken.
 */
export function cleanJpeg(file: Buffer): CleanJpeg | null {
  const parts: Buffer[] = [];
  let jfif: Buffer | undefined;
  let turned: Buffer | undefined;
  let frame: { width: number; height: number } | null = null;
  let scans = 0;
  let at = 2;
  while (at + 4 <= file.length || file[at + 1] === EOI) {
    if (file[at] !== 0xff) {
      return null;
    }
    const marker = file[at + 1] ?? 0;
    if (marker === 0xff) {
      // Segments may be set apart by it.
      at += 1;
      continue;
    }
    if (marker === EOI) {
      if (!frame || scans === 0) {
        return null;
      }
      const begin = Buffer.from([0xff, SOI]);
      const head = [begin, jfif, turned].filter((part) => part !== undefined);
      return { bytes: Buffer.concat([...head, ...parts, Buffer.from([0xff, EOI])]), ...frame };
    }
    const length = file.readUInt16BE(at + 2);
    const end = at + 2 + length;
    if (length < 2 || end > file.length) {
      return null;
    }
    const content = file.subarray(at + 4, end);
    const segment = file.subarray(at, end);
    at = end;
    if (marker === APP0) {
      jfif ??= jfifOf(content);
    } else if (marker === APP1) {
      turned ??= orientationOf(content);
    } else if (marker === APP14 && length === 14 && content.toString("latin1", 0, 5) === "Adobe") {
      // How its colours are coded.
      parts.push(segment);
    } else if ((marker > APP1 && marker <= APP15) || marker === COM) {
      // Left out.
    } else if (length <= (LONGEST[marker] ?? 0)) {
      parts.push(segment);
    } else if (FRAMES.includes(marker) && !frame && length === 8 + 3 * (content[5] ?? 0)) {
      frame = { height: content.readUInt16BE(1), width: content.readUInt16BE(3) };
      parts.push(segment);
    } else if (marker === SOS && frame && length === 6 + 2 * (content[0] ?? 0)) {
      scans += 1;
      at = endOfScan(file, end);
      parts.push(file.subarray(end - length - 2, at));
    } else {
      return null;
    }
  }
  return null;
}

/** Where coded data end: at a marker that is neither a stuffed byte nor one to resume at. */
function endOfScan(file: Buffer, from: number): number {
  for (let at = file.indexOf(0xff, from); at >= 0; at = file.indexOf(0xff, at + 1)) {
    const next = file[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) {
      return at;
    }
  }
  return file.length;
}

/** JFIF's header with its version and density, and without a small picture. */
function jfifOf(content: Buffer): Buffer | undefined {
  if (content.length < 14 || content.toString("latin1", 0, 5) !== "JFIF\0") {
    return undefined;
  }
  const kept = content.subarray(0, 12);
  return Buffer.concat([Buffer.from([0xff, APP0, 0, 16]), kept, Buffer.from([0, 0])]);
}

const EXIF = "Exif\0\0";
const ORIENTATION = 0x0112;

/** EXIF with nothing but the way up, where the picture is turned: 2 to 8. */
function orientationOf(content: Buffer): Buffer | undefined {
  if (content.toString("latin1", 0, 6) !== EXIF || content.length < 16) {
    return undefined;
  }
  const tiff = content.subarray(6);
  const order = tiff.toString("latin1", 0, 2);
  if (order !== "II" && order !== "MM") {
    return undefined;
  }
  const read16 = (at: number) => (order === "II" ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const first = order === "II" ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  const entries = first + 2 <= tiff.length ? read16(first) : 0;
  for (let entry = 0; entry < entries; entry += 1) {
    const at = first + 2 + 12 * entry;
    if (at + 12 > tiff.length) {
      return undefined;
    }
    if (read16(at) === ORIENTATION) {
      const value = read16(at + 8);
      return value >= 2 && value <= 8 ? turnedBy(value) : undefined;
    }
  }
  return undefined;
}

function turnedBy(value: number): Buffer {
  const tiff = Buffer.alloc(26);
  tiff.write("MM\0*", 0, "latin1");
  tiff.writeUInt32BE(8, 4);
  tiff.writeUInt16BE(1, 8);
  tiff.writeUInt16BE(ORIENTATION, 10);
  tiff.writeUInt16BE(3, 12);
  tiff.writeUInt32BE(1, 14);
  tiff.writeUInt16BE(value, 18);
  const content = Buffer.concat([Buffer.from(EXIF, "latin1"), tiff]);
  return Buffer.concat([Buffer.from([0xff, APP1, 0, content.length + 2]), content]);
}
