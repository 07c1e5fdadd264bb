import { asc, eq } from "drizzle-orm";
import type { DbOrTx } from "@/db/client";
import { COMMODITIES, companies, discounts } from "@/db/schema";
import type { Commodity } from "@/lib/contracts/rules";

export type Company = typeof companies.$inferSelect;

/** The group's companies by name. Public: they are the choices of the registration form. */
export async function listCompanies(db: DbOrTx): Promise<Company[]> {
  return await db.select().from(companies).orderBy(asc(companies.name));
}

/** A company by what stands in its pages' addresses; null if there is none. */
export async function findCompany(db: DbOrTx, slug: string): Promise<Company | null> {
  const [company] = await db.select().from(companies).where(eq(companies.slug, slug));
  return company ?? null;
}

/** What a company mainly supplies, by its public discounts: what its sample bill is about. */
export async function findMainCommodity(db: DbOrTx, companyId: number): Promise<Commodity> {
  const rows = await db
    .selectDistinct({ commodity: discounts.commodity })
    .from(discounts)
    .where(eq(discounts.companyId, companyId));
  const supplied = new Set(rows.map(({ commodity }) => commodity));
  return COMMODITIES.find((commodity) => supplied.has(commodity)) ?? "electricity";
}
