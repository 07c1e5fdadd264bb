/** Requests that a process works on at once: more would only share the same few connections and all be late. */
const INSIDE = 30;
/** Those that may wait for their turn, and for how long. */
const WAITING = 300;
const WAIT_MS = 3_000;
/** Those whose bodies are still on their way: nothing is worked on for them yet. */
const RECEIVING = 300;

interface Turn {
  /** Its turn has come; `leave` when its answer has begun, or there will be none. */
  come(leave: () => void): void;
  tooLate(): void;
}

/**
 * The room that a process has for requests, in the order in which they come. Whoever has got the beginning of an
 * answer takes no room any more: a download is as slow as its reader. Whoever still sends takes none yet: else thirty
 * who send drop by drop would shut everybody out.
 */
export class Room {
  readonly #waiting = new Set<() => void>();
  #inside = 0;
  #receiving = 0;

  /** @returns to be called when whoever waits has gone away */
  enter({ come, tooLate }: Turn): () => void {
    if (this.#inside < INSIDE) {
      this.#letIn(come);
      return () => {};
    }
    if (this.#waiting.size >= WAITING) {
      tooLate();
      return () => {};
    }
    const goAway = () => {
      clearTimeout(timer);
      this.#waiting.delete(turn);
    };
    const turn = () => {
      goAway();
      this.#letIn(come);
    };
    const timer = setTimeout(() => {
      this.#waiting.delete(turn);
      tooLate();
    }, WAIT_MS);
    this.#waiting.add(turn);
    return goAway;
  }

  /**
   * Lets somebody in whose body is not here yet.
   * @returns to be called when it has been read: from then on it takes room, whoever waits
   */
  receive({ come, tooLate }: Turn): () => void {
    if (this.#receiving >= RECEIVING) {
      tooLate();
      return () => {};
    }
    this.#receiving += 1;
    let place: "outside" | "inside" | "gone" = "outside";
    const leaveOutside = (next: typeof place) => {
      this.#receiving -= 1;
      place = next;
    };
    come(() => {
      if (place === "outside") {
        leaveOutside("gone");
      } else if (place === "inside") {
        place = "gone";
        this.#inside -= 1;
        this.#next();
      }
    });
    return () => {
      if (place === "outside") {
        leaveOutside("inside");
        this.#inside += 1;
      }
    };
  }

  #letIn(come: Turn["come"]): void {
    this.#inside += 1;
    let inside = true;
    come(() => {
      if (inside) {
        inside = false;
        this.#inside -= 1;
        this.#next();
      }
    });
  }

  #next(): void {
    const [first] = this.#waiting;
    if (this.#inside < INSIDE) {
      first?.();
    }
  }
}
