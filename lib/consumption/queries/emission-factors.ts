import { and, desc, eq, lte } from "drizzle-orm";
import type { DbOrTx } from "@/db/client";
import { emissionFactors } from "@/db/schema";
import type { Commodity } from "../quantity";
import { type EmissionFactor, generalFactor } from "../statistics/emissions";

/**
 * What a unit of a company's commodity sets free on a day (R25): by the company's own figure, else by what holds for
 * everybody; null where nobody says. It is the same for every customer.
 */
export async function findEmissionFactor(
  db: DbOrTx,
  { companyId, commodity }: { companyId: number; commodity: Commodity },
  day: string,
): Promise<EmissionFactor | null> {
  const [own] = await db
    .select({
      since: emissionFactors.validFrom,
      gramsPerUnit: emissionFactors.gramsPerUnit,
      source: emissionFactors.source,
    })
    .from(emissionFactors)
    .where(
      and(
        eq(emissionFactors.companyId, companyId),
        eq(emissionFactors.commodity, commodity),
        lte(emissionFactors.validFrom, day),
      ),
    )
    .orderBy(desc(emissionFactors.validFrom))
    .limit(1);
  return own ?? generalFactor(commodity, day);
}
