/** How long whoever asks the database waits for it. */
export interface Patience {
  /** How many ms longer a connection may be waited for. */
  waitMs(): number;
  /** Nobody waits any more: what is not committed yet must not be. */
  isOver(): boolean;
  /** Told of each statement or transaction that failed. */
  failed(error: unknown): void;
}

/** The database had no connection in time, or whoever asked had been given up; nothing was committed. */
export class DatabaseBusyError extends Error {
  override name = "DatabaseBusyError";
  constructor() {
    super("the database did not answer in time");
  }
}

/** One that has asked and not been answered. */
interface Turn {
  since: number;
  waits(): boolean;
}

/** What has been asked of a pool: the driver does not tell what waits for a connection. */
export class PoolLoad {
  /** In the order in which they came. */
  readonly #turns = new Set<Turn>();
  #transactions = 0;

  /** Transactions that have not ended. */
  get inHand(): number {
    return this.#transactions;
  }

  /** How many wait for a connection, and for how many ms the first of them has. */
  waiting(now = performance.now()): { count: number; oldestMs: number } {
    const waiting = [...this.#turns].filter((turn) => turn.waits());
    return { count: waiting.length, oldestMs: waiting[0] ? now - waiting[0].since : 0 };
  }

  /** Counts it until `ended` settles. */
  count(waits: () => boolean, ended: PromiseLike<unknown>, kind: "transaction" | "statement") {
    const one = kind === "transaction" ? 1 : 0;
    const turn = { since: performance.now(), waits };
    this.#turns.add(turn);
    this.#transactions += one;
    const leave = () => {
      this.#turns.delete(turn);
      this.#transactions -= one;
    };
    ended.then(leave, leave);
  }
}
