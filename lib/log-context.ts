import { AsyncLocalStorage } from "node:async_hooks";

/** Ids under which the lines of one request or job stand together; never anything of a person. */
export interface LogIds {
  request?: string;
  job?: string;
  task?: string;
  /** What it is about. */
  run?: string;
  import?: string;
  batch?: string;
}

// On globalThis: Next.js bundles what it calls at its start apart from its pages.
const held = globalThis as { sportelloLogIds?: AsyncLocalStorage<LogIds> };

function storage(): AsyncLocalStorage<LogIds> {
  held.sportelloLogIds ??= new AsyncLocalStorage<LogIds>();
  return held.sportelloLogIds;
}

/** Does the work; every line that it logs, however deep or late, bears the ids. */
export const underIds = <T>(ids: LogIds, work: () => T): T =>
  storage().run({ ...storage().getStore(), ...ids }, work);

/** From here on the lines of this request or job bear these ids too; nothing outside of one. */
export function alsoUnder(ids: LogIds): void {
  Object.assign(storage().getStore() ?? {}, ids);
}

/** The ids of the request or job in hand. */
export const currentIds = (): LogIds => ({ ...storage().getStore() });
