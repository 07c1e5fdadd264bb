import { crc32 } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Chunks that draw the picture; texts, times, EXIF, profiles and unknown ones are left out. */
const KEPT = ["IHDR", "PLTE", "tRNS", "gAMA", "cHRM", "sRGB", "sBIT", "IDAT", "IEND"];

interface CleanPng {
  bytes: Buffer;
  width: number;
  height: number;
}

/** A PNG of what draws the picture and nothing else, nor anything after its end; null where it is none, or broken. */
export function cleanPng(file: Buffer): CleanPng | null {
  const parts: Buffer[] = [SIGNATURE];
  let size: { width: number; height: number } | null = null;
  let data = false;
  let at = SIGNATURE.length;
  while (at + 12 <= file.length) {
    const length = file.readUInt32BE(at);
    const end = at + 12 + length;
    const kind = file.toString("latin1", at + 4, at + 8);
    const content = file.subarray(at + 8, end - 4);
    if (end > file.length || (kind === "IHDR") !== (size === null)) {
      return null;
    }
    if (KEPT.includes(kind)) {
      if (crc32(file.subarray(at + 4, end - 4)) !== file.readUInt32BE(end - 4)) {
        return null;
      }
      parts.push(file.subarray(at, end));
    }
    if (kind === "IHDR") {
      if (length !== 13) {
        return null;
      }
      size = { width: content.readUInt32BE(0), height: content.readUInt32BE(4) };
    }
    data ||= kind === "IDAT" && length > 0;
    if (kind === "IEND") {
      return size && data && length === 0 ? { bytes: Buffer.concat(parts), ...size } : null;
    }
    at = end;
  }
  return null;
}
