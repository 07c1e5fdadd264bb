import { eq, sql } from "drizzle-orm";
import { contractLinks } from "@/db/schema";
import type { CustomerActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";

/**
 * The company whose brand is on a mail about the actor's account: of a contract that is in it, else of one
 * that was; undefined where there never was any.
 */
export async function brandOfAccount({
  db,
  actor,
}: TxContext<CustomerActor>): Promise<number | undefined> {
  const [link] = await db
    .select({ companyId: contractLinks.companyId })
    .from(contractLinks)
    .where(eq(contractLinks.accountId, actor.accountId))
    .orderBy(sql`${contractLinks.endedAt} is not null`, contractLinks.companyId)
    .limit(1);
  return link?.companyId;
}
