import type { Logger } from "drizzle-orm";
import { columnsOf, keyFaults, openParser } from "./statement-keys";
import { mayMeet } from "./without-keys";

/** The statements of the product that this file's tests have carried out. */
const asked = new Set<string>();
/** Pieces of the product's work that go on as the superuser, whose other statements are the tests' own. */
let atWork = 0;

const MOST_TOLD = 2_000;

export const everyStatement: Logger = { logQuery: (statement) => asked.add(statement) };

export const statementsAtWork: Logger = {
  logQuery(statement) {
    if (atWork > 0) {
      asked.add(statement);
    }
  },
};

/** Runs a query or command of the product on a connection that is not its own. */
export async function productAtWork<T>(work: () => Promise<T>): Promise<T> {
  atWork += 1;
  try {
    return await work();
  } finally {
    atWork -= 1;
  }
}

/** Joins without their keys, of all that was asked so far, but for those that may; forgets what was asked. */
export async function askedWithoutKeys(columns: Record<string, string[]>): Promise<string[]> {
  if (asked.size === 0) {
    return [];
  }
  await openParser();
  const statements = [...asked];
  asked.clear();
  const known = columnsOf(columns);
  return statements.flatMap((statement) =>
    keyFaults(statement, known)
      .filter((fault) => !mayMeet(statement, fault))
      .map((fault) => `${fault}, in: ${statement.replaceAll(/\s+/g, " ").slice(0, MOST_TOLD)}`),
  );
}
