import { type Dice, diceFor } from "@/db/seed/dice";
import type { HostileFile } from "./hostile-file";
import { HOSTILE_KINDS, textOf, validCells } from "./hostile-valid";

/** What slips into files: delimiters, quotes, ends of lines, bytes of other encodings. */
const PIECES = [
  ";",
  ";;",
  '"',
  '""',
  "'",
  "\n",
  "\r",
  "\r\n",
  "\t",
  ",",
  "\\",
  "\\N",
  "\0",
  " ",
  "\u00A0",
  "\uFEFF",
  "\u200B",
  "\u202E",
  "€",
  "😀",
  "-",
  "0",
  "9",
  "9999999999",
  "2026-02-31",
  "=1+1",
  "x",
].map((piece) => Buffer.from(piece));

type Change = (bytes: Buffer, dice: Dice) => Buffer;

const CHANGES: Record<string, Change> = {
  flipBit(bytes, dice) {
    const changed = Buffer.from(bytes);
    const at = dice.whole(0, changed.length - 1);
    changed[at] = (changed[at] ?? 0) ^ (1 << dice.whole(0, 7));
    return changed;
  },
  setByte(bytes, dice) {
    const changed = Buffer.from(bytes);
    changed[dice.whole(0, changed.length - 1)] = dice.whole(0, 255);
    return changed;
  },
  delete(bytes, dice) {
    const at = dice.whole(0, bytes.length - 1);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + lengthOf(dice))]);
  },
  insert(bytes, dice) {
    const at = dice.whole(0, bytes.length);
    const piece = PIECES[dice.whole(0, PIECES.length - 1)] ?? Buffer.alloc(0);
    return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
  },
  duplicate(bytes, dice) {
    const at = dice.whole(0, bytes.length - 1);
    const end = at + lengthOf(dice);
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
  },
  swapCells: (bytes, dice) => swapped(bytes, dice, /[^;\n]+/g),
  swapLines: (bytes, dice) => swapped(bytes, dice, /[^\n]+/g),
};

/** Mostly a few bytes, now and then much of the file. */
const lengthOf = (dice: Dice) => Math.ceil(2 ** dice.between(0, 9));

function swapped(bytes: Buffer, dice: Dice, parts: RegExp): Buffer {
  const text = bytes.toString("latin1");
  const found = [...text.matchAll(parts)];
  const [a, b] = [0, 0]
    .map(() => found[dice.whole(0, Math.max(0, found.length - 1))])
    .sort((one, other) => (one?.index ?? 0) - (other?.index ?? 0));
  if (!a || !b || a.index === b.index) {
    return bytes;
  }
  const turned = [
    text.slice(0, a.index),
    b[0],
    text.slice(a.index + a[0].length, b.index),
    a[0],
    text.slice(b.index + b[0].length),
  ];
  return Buffer.from(turned.join(""), "latin1");
}

/** Valid files with one to three changes, of all kinds in turn: the same ones for the same seed. */
export function* mutations(count: number, seed: number): Generator<HostileFile> {
  const names = Object.keys(CHANGES);
  for (let at = 0; at < count; at += 1) {
    const kind = HOSTILE_KINDS[at % HOSTILE_KINDS.length] ?? "bills";
    const dice = diceFor(`mutation ${at} ${seed}`);
    let content = Buffer.from(textOf(validCells(kind)));
    const made: string[] = [];
    for (let left = dice.whole(1, 3); left > 0 && content.length > 0; left -= 1) {
      const name = names[dice.whole(0, names.length - 1)] ?? "";
      content = Buffer.from(CHANGES[name]?.(content, dice) ?? content);
      made.push(name);
    }
    yield { name: `mutation ${at} (${made.join(", ")})`, kind, must: "either", content };
  }
}
