import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { log } from "@/lib/log";
import { type DrainOptions, drainMails, pause } from "./sender";

/** How often a sender looks by itself, should a notification be lost. */
const LOOK_EVERY_MS = 2_000;
/** After a failure, for example while the database restarts. */
const AFTER_FAILURE_MS = 500;

export interface RunningSender {
  /** There is something to send. */
  wake(): void;
  /** Settles when the mails in hand are settled; `stop` of the options ends the sender. */
  ended: Promise<void>;
}

/** Drains for as long as it is not stopped: when woken, and every two seconds. */
export function startSender(
  ctx: Context<SystemActor>,
  { stop, ...options }: DrainOptions & { stop: AbortSignal },
): RunningSender {
  let woken = new AbortController();
  async function run(): Promise<void> {
    while (!stop.aborted) {
      woken = new AbortController();
      try {
        await drainMails(ctx, { ...options, stop });
        await pause(LOOK_EVERY_MS, AbortSignal.any([stop, woken.signal]));
      } catch (err) {
        log.error({ err }, "sending failed");
        await pause(AFTER_FAILURE_MS, stop);
      }
    }
  }
  return { wake: () => woken.abort(), ended: run() };
}
