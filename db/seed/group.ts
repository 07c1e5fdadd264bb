import type { companies, discounts, emissionFactors, selfReadingWindows } from "@/db/schema";
import type { COMMODITIES } from "@/db/schema/contract";
import { creditorId, partitaIva } from "./identifiers";

export type Commodity = (typeof COMMODITIES)[number];
export type CompanySlug = "valfiorita-energia" | "valfiorita-calore" | "valfiorita-acque";

type CompanyRow = typeof companies.$inferInsert & { slug: CompanySlug };

function company(serial: number, row: Omit<CompanyRow, "vatNumber" | "creditorId">): CompanyRow {
  const vatNumber = partitaIva(serial);
  return { ...row, vatNumber, creditorId: creditorId(vatNumber) };
}

/** The Gruppo Valfiorita: three companies of a valley that is on no map. */
export const GROUP: CompanyRow[] = [
  company(1, {
    slug: "valfiorita-energia",
    name: "Valfiorita Energia",
    accentColor: "#1f4e9c",
    senderEmail: "bollette@valfiorita-energia.example",
    accessibilityUrl: "https://valfiorita-energia.example/accessibilita",
    supportPhone: "800 000 101",
    faultPhone: "800 000 102",
    customerCodePattern: "^[0-9]{9}$",
    customerCodeExample: "710004215",
    billNumberExample: "E2026000123",
    cutOffDay: 15,
    cutOffHour: 18,
  }),
  company(2, {
    slug: "valfiorita-calore",
    name: "Valfiorita Calore",
    accentColor: "#a13d12",
    senderEmail: "bollette@valfiorita-calore.example",
    supportPhone: "800 000 201",
    faultPhone: "800 000 202",
    customerCodePattern: "^TC[0-9]{6}$",
    customerCodeExample: "TC204215",
    billNumberExample: "T2026000123",
    cutOffDay: 14,
    cutOffHour: 12,
  }),
  company(3, {
    slug: "valfiorita-acque",
    name: "Valfiorita Acque",
    accentColor: "#0b6a73",
    senderEmail: "bollette@valfiorita-acque.example",
    supportPhone: "800 000 301",
    faultPhone: "800 000 302",
    customerCodePattern: "^AQ[0-9]{6}$",
    customerCodeExample: "AQ304215",
    billNumberExample: "A2026000123",
    cutOffDay: 16,
    cutOffHour: 18,
    noticeDays: 10,
    printLeadDays: 4,
  }),
];

/** Who supplies what; the first letters of its codes. */
export const SUPPLIED_BY: Record<Commodity, { company: CompanySlug; prefix: string }> = {
  electricity: { company: "valfiorita-energia", prefix: "EL" },
  gas: { company: "valfiorita-energia", prefix: "GA" },
  district_heating: { company: "valfiorita-calore", prefix: "TC" },
  water: { company: "valfiorita-acque", prefix: "AQ" },
};

/** When the group takes self-readings: of meters that are not all read remotely. */
export const READING_WINDOWS: (Omit<typeof selfReadingWindows.$inferInsert, "companyId"> & {
  commodity: Commodity;
})[] = [
  { commodity: "gas", opensOnDay: 20, closesOnDay: 31, validFrom: "2018-01-01" },
  { commodity: "water", opensOnDay: 1, closesOnDay: 31, validFrom: "2021-01-01" },
];

/** What the group says of its own mix and plant, plainly invented. */
export const EMISSION_FACTORS: (Omit<typeof emissionFactors.$inferInsert, "companyId"> & {
  commodity: Commodity;
})[] = [
  {
    ...{ commodity: "electricity", validFrom: "2024-07-01", gramsPerUnit: 281 },
    source: "Valfiorita Energia, mix energetico 2023 (dato di esempio)",
  },
  {
    ...{ commodity: "electricity", validFrom: "2025-07-01", gramsPerUnit: 264 },
    source: "Valfiorita Energia, mix energetico 2024 (dato di esempio)",
  },
  {
    ...{ commodity: "district_heating", validFrom: "2025-01-01", gramsPerUnit: 120 },
    source: "Valfiorita Calore, bilancio della centrale 2024 (dato di esempio)",
  },
];

/** What an electronic bill earns (R13), by date: it once was less. */
export const DISCOUNTS: (Omit<typeof discounts.$inferInsert, "companyId"> & {
  commodity: Commodity;
})[] = [
  {
    commodity: "electricity",
    amountCents: 300,
    basis: "per_year",
    validFrom: "2018-01-01",
    validUntil: "2025-01-01",
  },
  { commodity: "electricity", amountCents: 600, basis: "per_year", validFrom: "2025-01-01" },
  { commodity: "gas", amountCents: 540, basis: "per_year", validFrom: "2018-01-01" },
  { commodity: "district_heating", amountCents: 50, basis: "per_bill", validFrom: "2020-01-01" },
  { commodity: "water", amountCents: 100, basis: "per_bill", validFrom: "2021-01-01" },
];
