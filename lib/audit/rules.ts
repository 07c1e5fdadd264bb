import { createHash } from "node:crypto";

/** What the first block follows. */
export const FIRST_PREVIOUS_HASH = "0".repeat(64);
/** Rows of one block at most. */
export const BLOCK_MAX = 100_000;

/** A sealed range of the audit log (R30), without its hash. */
export interface BlockFacts {
  number: number;
  previousHash: string;
  /** It holds every row above the last block's and up to this one. */
  lastId: bigint;
  entries: number;
}

/**
 * The hash of a block: SHA-256, hexadecimal, over its facts, the hash before it among them, and each of its
 * rows' text in the order of their ids. `add` takes the rows, `end` gives the hash.
 */
export function blockHash({ number, previousHash }: Pick<BlockFacts, "number" | "previousHash">) {
  const hash = createHash("sha256").update(`${number} ${previousHash}\n`);
  return {
    add(row: string) {
      // A length before each row: no two lists of rows give the same text.
      hash.update(`${Buffer.byteLength(row)}:${row}\n`);
    },
    end: ({ lastId, entries }: Pick<BlockFacts, "lastId" | "entries">) =>
      hash.update(`${lastId} ${entries}`).digest("hex"),
  };
}
