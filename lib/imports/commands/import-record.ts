import { eq, type SQL, sql } from "drizzle-orm";
import type { DbOrTx } from "@/db/client";
import { imports } from "@/db/schema";
import type { Context } from "@/lib/auth/context";
import { RefusalError } from "@/lib/errors";
import type { Source } from "../kind";

export type ImportRecord = typeof imports.$inferSelect;

/** An import as it is kept. @throws {RefusalError} if it is gone */
export async function recordOf({ db }: Context, id: string): Promise<ImportRecord> {
  const [record] = await db.select().from(imports).where(eq(imports.id, id));
  if (!record) {
    throw new RefusalError("The import is gone.");
  }
  return record;
}

type Change = Partial<{ [Column in keyof ImportRecord]: ImportRecord[Column] | SQL }>;

/** Writes down how far an import is. */
export async function touch(
  db: DbOrTx,
  { importId }: Pick<Source, "importId">,
  change: Change,
): Promise<void> {
  await db
    .update(imports)
    .set({ ...change, touchedAt: sql`clock_timestamp()` })
    .where(eq(imports.id, importId));
}
