/** What checks or hashes a password, or mails a link: dear for us, cheap for whoever sends it. */
const COSTLY =
  /^(\/(en|de))?(\/staff)?\/(login|login\/code|signup|forgot-password|reset-password)\/?$/;
/** At once, as long as nobody pours. */
const AT_ONCE = 8;
/** And while somebody does: other pages are made between them. */
const AT_ONCE_IN_FLOOD = 1;
/** A flood is over when for so long nothing was turned away. */
const FLOOD_MS = 5_000;

/**
 * How many sign-ins and registrations a process works on at once, so that a flood of them does not hold up
 * other pages: the rest is turned away before anything is done for it. Not per address, which a flood has
 * many of.
 */
export class FloodGate {
  #inside = 0;
  #turnedAway = Number.NEGATIVE_INFINITY;

  /** Whether a request may go on; one that may must `leave` when it is answered. */
  enter(now = performance.now()): boolean {
    const most = now - this.#turnedAway < FLOOD_MS ? AT_ONCE_IN_FLOOD : AT_ONCE;
    if (this.#inside >= most) {
      this.#turnedAway = now;
      return false;
    }
    this.#inside += 1;
    return true;
  }

  leave(): void {
    this.#inside -= 1;
  }
}

/**
 * Whether a request is one that the gate is for, by the page it posts to. The actions themselves insist on
 * having come through it (`requireGate`), at whatever page they are posted.
 */
export const isCostly = (method: string | undefined, url: string | undefined): boolean =>
  method === "POST" && COSTLY.test((url ?? "").split("?")[0] ?? "");
