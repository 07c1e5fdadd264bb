import { AsyncLocalStorage } from "node:async_hooks";
import type { ServerResponse } from "node:http";
import type { Patience } from "@/db/patience";
import { isUnavailable } from "./errors";

/** A page has begun to be answered after so long, or is answered with why not. */
export const ANSWER_MS = 9_500;
/** Of these a connection may be waited for so long. */
const CONNECTION_MS = 3_000;

/** A request in hand, as what it asks of the database sees it. */
export interface Asking {
  response: Pick<ServerResponse, "headersSent">;
  /** Until when it must be answered, by `performance.now()`; infinite for what takes its time. */
  until: number;
  /** Something that it asked of the database failed for now. */
  unavailable: boolean;
  /** It was answered with why not: whatever it still does is nobody's any more. */
  givenUp: boolean;
}

// On globalThis: Next.js bundles what it calls at its start apart from its pages.
const held = globalThis as { sportelloAsking?: AsyncLocalStorage<Asking> };

function storage(): AsyncLocalStorage<Asking> {
  held.sportelloAsking ??= new AsyncLocalStorage<Asking>();
  return held.sportelloAsking;
}

/** Does the work of a request; what it asks of the database waits no longer than it. */
export const underPatience = <T>(asking: Asking, work: () => T): T => storage().run(asking, work);

/** That of the request in hand; outside of one, for a connection alone. */
export function currentPatience(): Patience {
  const asking = storage().getStore();
  // Whoever reads already waits for the rest: an export takes as long as it takes.
  const left = () => {
    if (asking?.givenUp) {
      return 0;
    }
    return !asking || asking.response.headersSent
      ? Number.POSITIVE_INFINITY
      : asking.until - performance.now();
  };
  return {
    waitMs: () => Math.max(0, Math.min(CONNECTION_MS, left())),
    isOver: () => left() <= 0,
    failed(error) {
      if (asking && isUnavailable(error)) {
        asking.unavailable = true;
      }
    },
  };
}
