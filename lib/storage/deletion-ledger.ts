import { validate as isUuid } from "uuid";
import { listDocuments, putDocument, readDocument } from "./document-storage";

const PREFIX = "deletions";

/** A deleted account, as it stands outside the database (R7): an id and an instant, nothing of anybody. */
export interface LedgerEntry {
  accountId: string;
  deletedAt: Date;
}

const keyOf = (accountId: string) => `${PREFIX}/${accountId}.json`;

/** Writes an entry; writing it again changes nothing. */
export async function writeToLedger({ accountId, deletedAt }: LedgerEntry): Promise<void> {
  const content = JSON.stringify({ accountId, deletedAt: deletedAt.toISOString() });
  await putDocument(keyOf(accountId), Buffer.from(`${content}\n`));
}

/** The ids of all accounts in the ledger, in no order. */
export async function* ledgerAccounts(): AsyncGenerator<string> {
  for await (const key of listDocuments(PREFIX)) {
    const id = key.slice(PREFIX.length + 1).replace(/\.json$/, "");
    if (isUuid(id)) {
      yield id;
    }
  }
}

/** When an account of the ledger was deleted. @throws {Error} when there is no such entry, or it cannot be read */
export async function deletedAtOf(accountId: string): Promise<Date> {
  const entry = JSON.parse(Buffer.from(await readDocument(keyOf(accountId))).toString("utf8"));
  const deletedAt = new Date(entry?.deletedAt);
  if (entry?.accountId !== accountId || Number.isNaN(deletedAt.getTime())) {
    throw new Error(`the ledger's entry ${keyOf(accountId)} cannot be read`);
  }
  return deletedAt;
}
