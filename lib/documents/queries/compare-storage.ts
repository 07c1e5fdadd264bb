import { type SQL, sql } from "drizzle-orm";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { UPLOADS } from "@/lib/storage/direct-uploads";
import { listDocuments } from "@/lib/storage/document-storage";

/** Keys that are written into the table of comparison at once. */
const CHUNK = 1_000;
/** Of each kind so many are named; the count is of all. */
const NAMED = 100;

interface Difference {
  count: number;
  keys: string[];
}

/** What of documents, photos and files the one has and the other has not. */
export interface StorageComparison {
  stored: number;
  /** Named by a row, and not in the storage: a page says that the PDF is not there. */
  missing: Difference;
  /** In the storage, and named by no row: newer than the database, or left behind. */
  unknown: Difference;
}

/** Every key of what is still needed, for statements: also what a revert of an import would bring back. */
const NEEDED_KEYS: SQL = sql`
  select storage_key as key from documents where storage_key is not null
  union all select storage_key from self_reading_photos
  union all select storage_key from api_documents
  union all select storage_key from imports where storage_key is not null and finished_at is null
  union all select documents_key from imports where documents_key is not null and finished_at is null
  union all select before -> 'document' ->> 'storage_key' from import_before
    where before -> 'document' ->> 'storage_key' is not null`;
/** And of files of imports that have ended: they stay for some days, or have gone since the backup. */
const KNOWN_KEYS: SQL = sql`${NEEDED_KEYS}
  union all select storage_key from imports where finished_at is not null
  union all select documents_key from imports where finished_at is not null`;
/** Where documents, photos and files are, beside the companies' folders. */
const FOLDERS = ["imports", UPLOADS, "meter-photos"];

/**
 * Compares the whole storage with the rows that name what is in it: after a restore the one may be newer than the
 * other. Takes a temporary table and holds no list in memory; changes nothing.
 */
export async function compareStorage(ctx: Context<SystemActor>): Promise<StorageComparison> {
  return await inTransaction(ctx, async (tx) => {
    await tx.db.execute(
      sql`create temporary table stored_keys (key text primary key) on commit drop`,
    );
    const stored = await listInto(tx);
    await tx.db.execute(sql`analyze stored_keys`);
    return {
      stored,
      missing: await difference(
        tx,
        sql`select n.key from (${NEEDED_KEYS}) n where not exists (select from stored_keys s where s.key = n.key)`,
      ),
      unknown: await difference(
        tx,
        sql`select s.key from stored_keys s where not exists (select from (${KNOWN_KEYS}) n where n.key = s.key)`,
      ),
    };
  });
}

async function listInto(tx: TxContext<SystemActor>): Promise<number> {
  const companies = await tx.db.execute<{ id: number }>(sql`select id from companies order by id`);
  let stored = 0;
  let keys: string[] = [];
  const write = async () => {
    await tx.db.execute(sql`insert into stored_keys
      select json_array_elements_text(${JSON.stringify(keys)}::json) on conflict do nothing`);
    stored += keys.length;
    keys = [];
  };
  for (const prefix of [...companies.map(({ id }) => String(id)), ...FOLDERS]) {
    for await (const key of listDocuments(prefix)) {
      keys.push(key);
      if (keys.length === CHUNK) {
        await write();
      }
    }
  }
  await write();
  return stored;
}

async function difference({ db }: TxContext<SystemActor>, keys: SQL): Promise<Difference> {
  const rows = await db.execute<{ key: string; count: number }>(sql`
    select key, count(*) over ()::int as count from (${keys}) k order by key limit ${NAMED}`);
  return { count: rows[0]?.count ?? 0, keys: rows.map(({ key }) => key) };
}
