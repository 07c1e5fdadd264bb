import { v7 as uuidv7 } from "uuid";
import { listDocuments } from "./document-storage";

const PREFIX = "meter-photos";
const KEY = /^meter-photos\/\d+\/([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f-]{21}\.[a-z]+$/;

/** A new key for a photo: nobody guesses it, and it tells when it was made. */
export const newPhotoKey = (companyId: number, ending: string): string =>
  `${PREFIX}/${companyId}/${uuidv7()}.${ending}`;

/** When the photo of a key was stored, in milliseconds; null for a key of something else. */
export function photoStoredAt(key: string): number | null {
  const [, high, low] = KEY.exec(key) ?? [];
  return high === undefined || low === undefined ? null : Number.parseInt(high + low, 16);
}

/** The keys of all photos, in no order. */
export const listPhotoKeys = (): AsyncGenerator<string> => listDocuments(PREFIX);
