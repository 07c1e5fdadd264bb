import { type SQL, sql } from "drizzle-orm";
import journal from "./migrations/meta/_journal.json";

/** Every migration that this version of the code knows, the oldest first. */
export const KNOWN_MIGRATIONS: { idx: number; when: number; tag: string }[] = journal.entries;

/**
 * How the database's schema stands to this version of the code.
 * - `known`: it is this version's;
 * - `compatible`: it is newer, and says that this version may still work on it (expand, then contract);
 * - `older`: migrations of this version are missing;
 * - `too new`: it has given up what this version needs.
 */
export type SchemaState = "known" | "compatible" | "older" | "too new";

/** PostgreSQL's codes for what a database without our migrations has not, or does not let us see. */
const NOT_THERE = ["42P01", "3F000", "42883", "42501"];

/**
 * Compares the migrations of the database with ours, in one statement for any role of ours. A later migration that
 * takes something away tells by `oldest_schema_served()` how many a version must know at least.
 * @throws whatever the driver throws where the database does not answer
 */
export async function schemaState(db: {
  execute(query: SQL): PromiseLike<ArrayLike<Record<string, unknown>>>;
}): Promise<SchemaState> {
  const known = KNOWN_MIGRATIONS.map(({ when }) => String(when)).join(",");
  try {
    const [row] = Array.from(
      await db.execute(sql`
        select (count(*) filter (where ours))::int as applied, (count(*) filter (where not ours))::int as others,
          oldest_schema_served() as oldest
        from (select created_at = any(string_to_array(${known}, ',')::bigint[]) as ours
          from drizzle.__drizzle_migrations) applied`),
    ) as { applied: number; others: number; oldest: number }[];
    if (!row || row.applied < KNOWN_MIGRATIONS.length) {
      return "older";
    }
    if (row.others === 0) {
      return "known";
    }
    return row.oldest <= KNOWN_MIGRATIONS.length ? "compatible" : "too new";
  } catch (error) {
    const { code } = ((error as Error).cause ?? error) as { code?: string };
    if (code !== undefined && NOT_THERE.includes(code)) {
      return "older";
    }
    throw error;
  }
}
