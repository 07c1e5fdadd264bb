import { format, stripVTControlCharacters } from "node:util";
import { log } from "./log";

/** Errors that the log has, however often a library writes them to the console. */
const told = new WeakSet<Error>();
/** What Next.js has given a digest it hands to `tellRequestError` too, with its route. */
const isHandedOver = (err: Error) => "digest" in err;

interface FailedRoute {
  method: string;
  /** The route's pattern, never the address: that may hold a token. */
  route: string;
  kind: string;
}

/** Logs what a page, route or action of Next.js threw; `reference` is what its error page shows. */
export function tellRequestError(thrown: unknown, failed: FailedRoute): void {
  const err = thrown instanceof Error ? thrown : new Error("something was thrown that is no error");
  told.add(err);
  const { digest: reference } = err as Error & { digest?: string };
  log.error({ err, reference, ...failed }, "request failed");
}

/**
 * From now on what is written to the console as an error or a warning, by Next.js or a library, is a line of
 * the log: one form, with the request's id, and nothing of anybody.
 */
export function adoptConsole(): void {
  Object.assign(globalThis.console, {
    error: (...given: unknown[]) => write("error", given),
    warn: (...given: unknown[]) => write("warn", given),
  });
}

function write(level: "error" | "warn", given: unknown[]): void {
  const err = given.find((one) => one instanceof Error);
  if (err === undefined) {
    log[level]({ from: "console" }, stripVTControlCharacters(format(...given)).trim());
  } else if (!told.has(err) && !isHandedOver(err)) {
    told.add(err);
    log[level]({ from: "console", err }, "error");
  }
}
