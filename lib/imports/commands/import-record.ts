import { and, eq, gt, gte, ne, type SQL, sql } from "drizzle-orm";
import type { DbOrTx } from "@/db/client";
import { imports } from "@/db/schema";
import type { Context } from "@/lib/auth/context";
import { RefusalError } from "@/lib/errors";
import type { Source } from "../kind";
import { isEnded } from "../rules";

export type ImportRecord = typeof imports.$inferSelect;

/** An import as it is kept. @throws {RefusalError} if it is gone */
export async function recordOf({ db }: Context, id: string): Promise<ImportRecord> {
  const [record] = await db.select().from(imports).where(eq(imports.id, id));
  if (!record) {
    throw new RefusalError("The import is gone.");
  }
  return record;
}

/**
 * Holds an import until the transaction's end, so that nobody gives it up meanwhile.
 * @throws {RefusalError} if somebody has, or it has come to its end otherwise
 */
export async function holdOpen(db: DbOrTx, id: string): Promise<void> {
  const [record] = await db
    .select({ state: imports.state })
    .from(imports)
    .where(eq(imports.id, id))
    .for("update");
  if (!record || isEnded(record.state)) {
    throw new RefusalError(`The import was ${record?.state ?? "removed"} meanwhile.`);
  }
}

/** Whether other files of the company were applied since an import was last at work: its checks may be old. */
export async function isOvertaken(
  { db }: Context,
  { id, companyId, touchedAt }: ImportRecord,
): Promise<boolean> {
  const [other] = await db
    .select({ id: imports.id })
    .from(imports)
    .where(
      and(
        eq(imports.companyId, companyId),
        ne(imports.id, id),
        gt(imports.applied, 0),
        touchedAt === null ? undefined : gte(imports.touchedAt, touchedAt),
      ),
    )
    .limit(1);
  return other !== undefined;
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
