import { asc, eq } from "drizzle-orm";
import { companies, contracts } from "@/db/schema";
import { type Context, inTransaction } from "@/lib/auth/context";
import { visibleContracts } from "../scope";

/** The companies that the actor's contracts are with, by name: all a page's title needs, so no more than two. */
export async function listCompanyNames(ctx: Context): Promise<string[]> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    const rows = await db
      .selectDistinct({ name: companies.name })
      .from(contracts)
      .innerJoin(companies, eq(companies.id, contracts.companyId))
      .where(visibleContracts(actor))
      .orderBy(asc(companies.name))
      .limit(2);
    return rows.map(({ name }) => name);
  });
}
