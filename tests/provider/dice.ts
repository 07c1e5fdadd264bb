import { createHash } from "node:crypto";

/**
 * A number from 0 to 1 that depends on nothing but the seed and what it is asked for: whatever order
 * requests come in, a run with the same seed meets the same fate.
 */
export function fate(seed: number, ...of: (string | number)[]): number {
  const digest = createHash("md5")
    .update(`${seed} ${of.join(" ")}`)
    .digest();
  return digest.readUInt32BE(0) / 2 ** 32;
}
