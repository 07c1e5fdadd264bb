import { sql } from "drizzle-orm";
import { check, date, integer, pgTable, primaryKey, smallint, text } from "drizzle-orm/pg-core";
import { companies } from "./company";
import { COMMODITIES } from "./contract";

/** What a unit of a company's own mix or plant sets free, as it publishes it: dated, with its source (R25). */
export const emissionFactors = pgTable(
  "emission_factors",
  {
    companyId: smallint()
      .notNull()
      .references(() => companies.id),
    commodity: text({ enum: COMMODITIES }).notNull(),
    /** The first day on which it holds; it holds until the next one. */
    validFrom: date().notNull(),
    /** Grams of CO2 of a kWh, Smc or m³. */
    gramsPerUnit: integer().notNull(),
    source: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.commodity, table.validFrom] }),
    check("emission_factors_grams_in_range", sql`${table.gramsPerUnit} between 0 and 10000`),
  ],
);
