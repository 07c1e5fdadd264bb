import { AsyncResource } from "node:async_hooks";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Connection } from "@/db/client";
import { type BusyAnswer, busyAnswer } from "./busy-page";
import { openPools } from "./connections";
import type { BusyReason } from "./i18n/busy-texts";
import { log } from "./log";
import { metrics } from "./operations/metrics/registry";
import { ANSWER_MS, type Asking, underPatience } from "./patience";
import { Room } from "./room";

/** What needs no database, and tells whether this process may be asked. */
const EXEMPT = /^\/(healthz$|readyz$|_next\/|icon\.svg|favicon\.ico|robots\.txt|icons\/)/;
/** Large files in, steps of whole runs, and the cron: they take their time. */
const UNHURRIED = /^\/api\/(v1|cron)\//;

/** Reads a file of hundreds of megabytes where the storage has it, before it answers: its route asks for 60 seconds. */
const READS_A_FILE = /^\/((en|de)\/)?staff\/imports\/upload$/;
const READING_MS = 55_000;

/** A body that took no longer came at once. */
const AT_ONCE_MS = 2_000;

/** How long whoever asks for this address waits for the beginning of an answer. */
export const answerMs = (path: string): number =>
  READS_A_FILE.test(path) ? READING_MS : ANSWER_MS;

/** A process takes nothing new on for a pool for which as many as it has wait, the first for so long already. */
const CROWDED_MS = 1_000;

/** A request under the limits of this process. */
export interface Limited {
  asking: Asking;
  /** Hands it on, now or when its turn has come, or answers that there is no room. */
  go(handOn: () => boolean): boolean;
}

// On globalThis: Next.js bundles what it calls at its start apart from its pages.
const held = globalThis as { sportelloRoom?: Room };

/**
 * Bounds how long a request waits: turned away at once where the pool it needs is crowded, answered with a clear page
 * when nothing has come of it in ten seconds. What Next.js writes afterwards goes nowhere.
 */
export function answerInTime(
  request: IncomingMessage,
  response: ServerResponse,
  id: string,
): Limited {
  const path = (request.url ?? "").split("?", 1)[0] ?? "";
  const asking: Asking = {
    response,
    until: Number.POSITIVE_INFINITY,
    unavailable: false,
    givenUp: false,
  };
  if (EXEMPT.test(path)) {
    return { asking, go: (handOn) => handOn() };
  }
  let begun = () => {};
  const instead = interruptible(response, () => begun());
  const tell = (reason: BusyReason) => {
    if (instead(busyAnswer(request, reason, id), request.method === "HEAD")) {
      asking.givenUp = true;
      metrics().turnedAway.inc({ reason });
      // By its id alone: an address may hold a token.
      log.warn({ reason, reference: id.slice(0, 8) }, "request not answered");
    }
  };
  return {
    asking,
    go(handOn) {
      if (isCrowded(path)) {
        tell("crowded");
        // Unread, a body would be taken for the connection's next request.
        request.resume();
        return true;
      }
      if (UNHURRIED.test(path)) {
        return underPatience(asking, handOn);
      }
      // `next dev` first makes the page.
      const restart =
        process.env.NODE_ENV === "development"
          ? () => {}
          : hurry(request, response, { asking, ms: answerMs(path), late: () => tell("late") });
      held.sportelloRoom ??= new Room();
      const room = held.sportelloRoom;
      const turn = {
        // Another request's end calls it: with this one's ids all the same.
        come: AsyncResource.bind((leave: () => void) => {
          begun = leave;
          response.once("close", leave);
          underPatience(asking, handOn);
        }),
        tooLate: () => {
          tell("crowded");
          request.resume();
        },
      };
      onceHereOrSlow(request, (isHere) => {
        if (response.destroyed) {
          return;
        }
        if (isHere) {
          response.once("close", room.enter(turn));
          return;
        }
        const read = room.receive(turn);
        request.once("end", () => {
          read();
          restart();
        });
      });
      return true;
    },
  };
}

/**
 * Tells whether all of a request is here: at once where it has no body, else after what came along with its head has
 * been looked at.
 */
function onceHereOrSlow(request: IncomingMessage, told: (isHere: boolean) => void): void {
  const { "content-length": length = "0", "transfer-encoding": coding } = request.headers;
  if (request.complete || (length === "0" && coding === undefined)) {
    told(true);
  } else {
    setImmediate(AsyncResource.bind(() => told(request.complete)));
  }
}

/**
 * Whoever sends a file over a slow line is not hurried before all of it is here.
 * @returns to be called once it is: only then does its time begin
 */
function hurry(
  request: IncomingMessage,
  response: ServerResponse,
  { asking, ms, late }: { asking: Asking; ms: number; late: () => void },
): () => void {
  const began = performance.now();
  let timer: NodeJS.Timeout;
  const start = () => {
    asking.until = performance.now() + ms;
    timer = setTimeout(() => (request.complete ? late() : start()), ms);
  };
  start();
  response.once("close", () => clearTimeout(timer));
  return () => {
    // Of a form that came at once, its time runs from its beginning.
    if (performance.now() - began > AT_ONCE_MS && !response.destroyed && !response.headersSent) {
      clearTimeout(timer);
      start();
    }
  };
}

function isCrowded(path: string): boolean {
  const name = UNHURRIED.test(path) ? "worker" : path.startsWith("/api/webhooks/") ? "mail" : "web";
  const pool = openPools().find(([pool]) => pool === name)?.[1];
  return pool !== undefined && isOverrun(pool);
}

/** Whether a pool has no room for one more. */
function isOverrun({ size, waiting }: Pick<Connection, "size" | "waiting">): boolean {
  const { count, oldestMs } = waiting();
  return count >= size && oldestMs >= CROWDED_MS;
}

/**
 * From then on the response can be answered by somebody else, as long as nothing of it has gone out.
 * @param begun called once and again, from its first write on
 */
function interruptible(
  response: ServerResponse,
  begun: () => void,
): (answer: BusyAnswer, head: boolean) => boolean {
  const { write, end, flushHeaders, writeHead } = response;
  let taken = false;
  const unless =
    (work: (...given: unknown[]) => unknown) =>
    (...given: unknown[]) => {
      begun();
      if (!taken) {
        return work.apply(response, given);
      }
      const done = given.find((one) => typeof one === "function") as (() => void) | undefined;
      done?.();
      return true;
    };
  Object.assign(response, {
    write: unless(write as (...given: unknown[]) => unknown),
    end: unless(end as (...given: unknown[]) => unknown),
    flushHeaders: unless(flushHeaders as (...given: unknown[]) => unknown),
  });
  return ({ status, headers, body }, head) => {
    if (taken || response.headersSent || response.writableEnded) {
      return false;
    }
    for (const name of response.getHeaderNames()) {
      if (name !== "x-request-id") {
        response.removeHeader(name);
      }
    }
    Reflect.apply(writeHead, response, [status, headers]);
    Reflect.apply(end, response, [head ? undefined : body]);
    taken = true;
    const nothing = () => response;
    Object.assign(response, {
      writeHead: nothing,
      setHeader: nothing,
      appendHeader: nothing,
      removeHeader: () => {},
      flushHeaders: () => {},
    });
    return true;
  };
}
