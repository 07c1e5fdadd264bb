import { and, asc, eq, gt, isNull, lte, or, sql } from "drizzle-orm";
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

/** What an electronic bill earns on a day, of every company (R13). Public. */
export async function listDiscounts(db: DbOrTx, day: string) {
  return await db
    .select({
      id: discounts.id,
      company: companies.name,
      commodity: discounts.commodity,
      offerCents: discounts.amountCents,
      offerBasis: discounts.basis,
    })
    .from(discounts)
    .innerJoin(companies, eq(companies.id, discounts.companyId))
    .where(
      and(
        lte(discounts.validFrom, day),
        or(isNull(discounts.validUntil), gt(discounts.validUntil, day)),
      ),
    )
    .orderBy(asc(companies.name), asc(discounts.commodity));
}

/**
 * The company whose brand is on a mail about a login: of a contract that is in the account, else of one that
 * was, else the group's first; null before there is any.
 */
export async function findBrand(db: DbOrTx, accountId: string | null): Promise<number | null> {
  const [company] = await db.execute<{ id: number }>(sql`
    select c.id from companies c
    left join contract_links l on l.company_id = c.id and l.account_id = ${accountId}
    order by l.account_id is null, l.ended_at is not null, c.id limit 1`);
  return company?.id ?? null;
}
