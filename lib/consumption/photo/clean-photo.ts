import { fail, ok, type Result } from "@/lib/errors";
import { cleanJpeg } from "./jpeg";
import { cleanPng } from "./png";
import { cleanWebp } from "./webp";

/** The largest photo that is taken: phones make some of 3 to 6. */
export const PHOTO_MEGABYTES = 8;
/** The same as far as it passes the form: Vercel takes 4.5 MB. */
export const photoMegabytes = () => (process.env.VERCEL ? 4 : PHOTO_MEGABYTES);
const MOST_BYTES = PHOTO_MEGABYTES * 1024 * 1024;
/** A picture of more would fill the memory of whoever looks at it. */
const MOST_PIXELS = 120_000_000;

/** Kinds of photo that are kept, with the type that they are sent as. */
export const PHOTO_TYPES = { jpeg: "image/jpeg", png: "image/png", webp: "image/webp" } as const;
export type PhotoKind = keyof typeof PHOTO_TYPES;

export type PhotoFault = "too_large" | "no_file" | "heic" | "no_photo" | "unreadable";

/** What becomes of a photo that is sent, as an address says it. */
export const PHOTO_OUTCOMES = [
  ...(["added", "decided", "too_often"] as const),
  ...(["too_large", "no_file", "heic", "no_photo", "unreadable"] as const),
] as const;

interface Photo {
  kind: PhotoKind;
  bytes: Buffer;
}

const CLEANERS = { jpeg: cleanJpeg, png: cleanPng, webp: cleanWebp };

/** Brands of ISO media files that hold HEIC pictures. */
const HEIC = ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"];

/**
 * A photo as it may be kept: known by its first bytes alone, whatever name or type came with it, and written anew
 * without all that says where, when and by what it was taken. HEIC is refused: its metadata lie among the picture's
 * own tables, and most browsers do not draw it; phones send a JPEG where a form asks for one.
 */
export function cleanPhoto(file: Buffer): Result<Photo, PhotoFault> {
  if (file.length === 0) {
    return fail("no_file");
  }
  if (file.length > MOST_BYTES) {
    return fail("too_large");
  }
  const kind = kindOf(file);
  if (kind === null || kind === "heic") {
    return fail(kind ?? "no_photo");
  }
  const clean = CLEANERS[kind](file);
  const pixels = clean ? clean.width * clean.height : 0;
  return clean && pixels > 0 && pixels <= MOST_PIXELS
    ? ok({ kind, bytes: clean.bytes })
    : fail("unreadable");
}

function kindOf(file: Buffer): PhotoKind | "heic" | null {
  const begin = file.toString("latin1", 0, 12);
  if (begin.startsWith("\xff\xd8\xff")) {
    return "jpeg";
  }
  if (begin.startsWith("\x89PNG\r\n\x1a\n")) {
    return "png";
  }
  if (begin.length === 12 && begin.startsWith("RIFF") && begin.endsWith("WEBP")) {
    return "webp";
  }
  return begin.slice(4, 8) === "ftyp" && HEIC.includes(begin.slice(8)) ? "heic" : null;
}
