import { and, desc, gt, sql } from "drizzle-orm";
import { dataExports } from "@/db/schema";
import type { CustomerActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { ownExports } from "../scope";

/** A download of one's own data that was asked for. */
export interface DataExport {
  id: string;
  /** From then on it is no more. */
  expiresAt: Date;
}

/** The actor's latest download that still lives; null when there is none. */
export async function findLiveExport(ctx: Context<CustomerActor>): Promise<DataExport | null> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    const [live] = await db
      .select({ id: dataExports.id, expiresAt: dataExports.expiresAt })
      .from(dataExports)
      .where(and(ownExports(actor), gt(dataExports.expiresAt, sql`clock_timestamp()`)))
      .orderBy(desc(dataExports.expiresAt))
      .limit(1);
    return live ?? null;
  });
}
