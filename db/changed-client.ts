import type { PendingQuery, Row, Sql } from "postgres";
import { DatabaseBusyError, type Patience, type PoolLoad } from "./patience";

export interface Changes {
  /** Keeps the plans of statements, of `MOST_PREPARED` at most. */
  prepare?: boolean;
  /** Settings of PostgreSQL that hold in each transaction, by name. */
  transactionSettings?: Record<string, string>;
  /** How long whoever asks now waits; without it for ever. */
  patience?: () => Patience;
}

/** Each statement's plan stays in the server's memory, so that texts that vary without end must not all be kept. */
const MOST_PREPARED = 400;

interface Changed extends Changes {
  load: PoolLoad;
  known: Set<string>;
  /** What a transaction begins with, as statements. */
  settings: string;
}

type Unsafe = (text: string, parameters?: unknown, own?: object) => PendingQuery<Row[]>;
type Begin = (...given: unknown[]) => Promise<unknown>;

/**
 * The same client, as Drizzle uses it. Its `unsafe` prepares each statement once for each connection: Drizzle sends
 * all its statements that way, and to plan one behind row-level security mostly costs more than to carry it out. Of
 * texts that are not known by then, none is prepared once there are many. Its transactions begin with their
 * settings, sent along with their first statement. Nobody waits for a connection past their patience, and nothing
 * of whoever is given up commits.
 */
export function changed(client: Sql, changes: Changes, load: PoolLoad): Sql {
  const settings = Object.entries(changes.transactionSettings ?? {})
    .map(([name, value]) => `set local ${name} = '${value}'`)
    .join("; ");
  return outside(client, { ...changes, load, known: new Set(), settings });
}

const outside = (client: Sql, all: Changed): Sql =>
  proxy(client, (name, value) => {
    switch (name) {
      case "unsafe":
        return (text: string, parameters?: unknown, own?: object) => {
          const patience = all.patience?.();
          insist(patience);
          return alone(prepared(value as Unsafe, all)(text, parameters, own), patience, all);
        };
      case "begin":
        return (...given: unknown[]) => begun(value as Begin, given, all);
      default:
        return value;
    }
  });

const within = (client: Sql, patience: Patience | undefined, all: Changed): Sql =>
  proxy(client, (name, value) => {
    switch (name) {
      case "unsafe":
        return (text: string, parameters?: unknown, own?: object) => {
          insist(patience);
          return prepared(value as Unsafe, all)(text, parameters, own);
        };
      case "savepoint":
        return (...given: unknown[]) =>
          (value as Begin)(
            ...given.map((one) =>
              typeof one === "function" ? (inner: Sql) => one(within(inner, patience, all)) : one,
            ),
          );
      default:
        return value;
    }
  });

function proxy(client: Sql, change: (name: string | symbol, value: unknown) => unknown): Sql {
  return new Proxy(client, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? change(name, value) : value;
    },
  });
}

function insist(patience: Patience | undefined): void {
  if (patience?.isOver()) {
    const error = new DatabaseBusyError();
    patience.failed(error);
    throw error;
  }
}

const prepared =
  (unsafe: Unsafe, { prepare, known }: Changed): Unsafe =>
  (text, parameters, own) => {
    insistOnValues(parameters);
    return unsafe(text, parameters, prepare ? { ...own, prepare: isKept(text, known) } : own);
  };

/**
 * The driver finds out when it sends: by then a statement before this one may be under way, which would be told in its
 * place, and this one would wait for ever.
 */
function insistOnValues(parameters: unknown): void {
  const given: unknown[] = Array.isArray(parameters) ? parameters : [];
  const at = given.findIndex((value) => value === undefined || value instanceof Date);
  if (at >= 0) {
    throw new TypeError(`$${at + 1} of a statement is undefined or a Date, which cannot be sent`);
  }
}

function isKept(text: string, known: Set<string>): boolean {
  if (known.size < MOST_PREPARED) {
    known.add(text);
  }
  return known.has(text);
}

/** A statement outside of transactions: taken back where it has no connection in time. */
function alone(query: PendingQuery<Row[]>, patience: Patience | undefined, { load }: Changed) {
  if (!patience) {
    return query;
  }
  // Set once a connection has it.
  const waits = () => !(query as { state?: unknown }).state;
  const timer = setTimeout(() => {
    if (waits()) {
      query.cancel();
    }
  }, patience.waitMs());
  const ended = query.then(
    () => clearTimeout(timer),
    (error: unknown) => {
      clearTimeout(timer);
      patience.failed(error);
    },
  );
  load.count(waits, ended, "statement");
  return query;
}

function begun(begin: Begin, given: unknown[], all: Changed): Promise<unknown> {
  const { load, settings } = all;
  const patience = all.patience?.();
  let state: "waits" | "begun" | "given up" = "waits";
  const inside = (work: (inner: Sql) => unknown) => async (inner: Sql) => {
    if (state === "given up") {
      throw new DatabaseBusyError();
    }
    state = "begun";
    if (settings) {
      // Awaited by nobody: where it fails, so does what follows.
      inner.unsafe(settings).catch(() => {});
    }
    const result = await work(within(inner, patience, all));
    insist(patience);
    return result;
  };
  const driven = begin(
    ...given.map((one) =>
      typeof one === "function" ? inside(one as (inner: Sql) => unknown) : one,
    ),
  );
  load.count(() => state === "waits", driven, "transaction");
  if (!patience) {
    return driven;
  }
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      clearTimeout(timer);
      patience.failed(error);
      reject(error);
    };
    const timer = setTimeout(() => {
      if (state === "waits") {
        state = "given up";
        fail(new DatabaseBusyError());
      }
    }, patience.waitMs());
    driven.then((result) => {
      clearTimeout(timer);
      resolve(result);
    }, fail);
  });
}
