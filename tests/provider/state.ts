import type { VirtualClock } from "./clock";
import type { Keys } from "./keys";
import type { Ledger } from "./ledger";
import type { RateWindow } from "./rate";
import type { Settings } from "./settings";
import type { Teller } from "./webhooks";

export interface ProviderCounts {
  requests: number;
  /** By status of the answer; 0 stands for none. */
  statuses: Record<string, number>;
  /** Requests that got the answer of an earlier one with their key. */
  repeated: number;
  faults: Record<string, number>;
}

/** All that the provider knows while it runs. */
export interface State {
  settings: Settings;
  ledger: Ledger;
  clock: VirtualClock;
  teller: Teller;
  counts: ProviderCounts;
  keys: Keys;
  rate: RateWindow;
  suppressed: Set<string>;
}
