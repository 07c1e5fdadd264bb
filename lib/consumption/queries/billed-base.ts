import { and, eq, sql } from "drizzle-orm";
import { contracts, documents } from "@/db/schema";

/** The contract that a document is of, in a query of documents. */
export const contractOfDocument = and(
  eq(contracts.companyId, documents.companyId),
  eq(contracts.id, documents.contractId),
);

/**
 * The base units that a document bills, in a query that joins its contract: kWh, Smc and m³ alike have a
 * thousand (R22), and m³ of gas become Smc by the coefficient C. Null where the unit is not the contract's.
 */
export const billedBase = sql<number | null>`(case
  when ${documents.consumptionUnit} = case ${contracts.commodity}
    when 'gas' then 'Smc' when 'water' then 'm3' else 'kWh' end
    then round(${documents.consumption} * 1000)
  when ${contracts.commodity} = 'gas' and ${documents.consumptionUnit} = 'm3'
    then round(${documents.consumption} * ${contracts.gasCoefficientC} * 1000)
  end)::float8`;
