/** The provider's own time: real time, and whatever was added to it. */
export interface VirtualClock {
  now(): number;
  advance(ms: number): void;
}

export function virtualClock(): VirtualClock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    advance(ms) {
      ahead += ms;
    },
  };
}
