import type { DatabaseUrls } from "../setup/urls";

export interface FaultOptions {
  /** A migrated database of the fault's own. */
  urls: DatabaseUrls;
  /** Seconds instead of minutes: as in `npm test`. */
  quick: boolean;
  /** Decides what is chosen, killed and when. */
  seed: number;
}

/** What came of a fault: it passed if nothing was lost, doubled or otherwise wrong. */
export interface FaultRow {
  name: string;
  tries: number;
  lost: number;
  doubled: number;
  /** What else did not hold, one sentence each. */
  wrong: string[];
  /** What the tries met, for people. */
  met: string;
}

export type Fault = (options: FaultOptions) => Promise<FaultRow>;

/** How much is tried in `npm test`, and of the same in `npm run test:full`. */
export const inShort = <T>(short: T, full: T): T => (process.env.FULL ? full : short);

export const passed = ({ lost, doubled, wrong }: FaultRow) =>
  lost === 0 && doubled === 0 && wrong.length === 0;

/** A row of which nothing has been tried yet. */
export const emptyRow = (name: string): FaultRow => ({
  name,
  tries: 0,
  lost: 0,
  doubled: 0,
  wrong: [],
  met: "",
});
