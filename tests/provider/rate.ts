/** Counts requests by the second, as the provider does; what is left of it, below 0 when too many. */
export interface RateWindow {
  take(perSecond: number): number;
  /** Requests that were too many. */
  readonly refused: number;
}

export function newRateWindow(): RateWindow {
  let second = 0;
  let used = 0;
  let refused = 0;
  return {
    take(perSecond) {
      const now = Math.floor(performance.now() / 1000);
      used = now === second ? used + 1 : 1;
      second = now;
      refused += used > perSecond ? 1 : 0;
      return perSecond - used;
    },
    get refused() {
      return refused;
    },
  };
}
