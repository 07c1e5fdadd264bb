/** Chance that falls the same way every time: mulberry32, begun from a word. */
export interface Dice {
  /** From 0 to just under 1. */
  roll(): number;
  between(low: number, high: number): number;
  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number;
}

export function diceFor(word: string): Dice {
  let state = 2_166_136_261;
  for (const character of word) {
    state = Math.imul(state ^ character.charCodeAt(0), 16_777_619);
  }
  const roll = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (low: number, high: number) => low + roll() * (high - low);
  return { roll, between, whole: (low, high) => Math.floor(between(low, high + 1)) };
}
