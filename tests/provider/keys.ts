import type { VirtualClock } from "./clock";

const DAY_MS = 24 * 3600 * 1000;

export interface KnownAnswer {
  bodyDigest: string;
  status: number;
  body: string;
}

/** What the provider remembers of idempotency keys: for 24 hours on its own clock. */
export interface Keys {
  /** The answer that was given; `other` for another body, `busy` while a first request is worked on. */
  look(key: string, bodyDigest: string): KnownAnswer | "other" | "busy" | null;
  begin(key: string): void;
  end(key: string, answer: KnownAnswer | null): void;
  readonly size: number;
}

export function newKeys(clock: VirtualClock): Keys {
  const known = new Map<string, KnownAnswer & { until: number }>();
  const busy = new Set<string>();
  return {
    look(key, bodyDigest) {
      if (busy.has(key)) {
        return "busy";
      }
      const answer = known.get(key);
      if (!answer || answer.until <= clock.now()) {
        return null;
      }
      return answer.bodyDigest === bodyDigest ? answer : "other";
    },
    begin(key) {
      busy.add(key);
    },
    end(key, answer) {
      busy.delete(key);
      if (answer) {
        known.set(key, { ...answer, until: clock.now() + DAY_MS });
      }
    },
    get size() {
      return known.size;
    },
  };
}
