import { Temporal } from "temporal-polyfill";
import type { MANDATE_STATUSES } from "@/db/schema/contract";
import type { Language } from "@/lib/i18n/languages";
import { CUSTOMERS } from "./customers";
import { diceFor } from "./dice";
import { type Commodity, type CompanySlug, SUPPLIED_BY } from "./group";
import { codiceFiscale, iban, partitaIva } from "./identifiers";
import type { Customer, Supply, Usage } from "./people";

/** A contract of the demo world with all its codes, on a given day. */
export interface SuppliedContract {
  customer: Customer;
  supply: Supply;
  company: CompanySlug;
  commodity: Commodity;
  contractNumber: string;
  customerCode: string;
  taxId: string;
  vatNumber: string | null;
  holderName: string;
  language: Language;
  supplyPoint: string;
  meterSerial: string;
  product: string;
  productEndsOn: string | null;
  powerKw: number | null;
  startsOn: string;
  endsOn: string | null;
  mandate: {
    reference: string;
    iban: string;
    status: Exclude<(typeof MANDATE_STATUSES)[number], "none">;
    since: string | null;
    until: string | null;
  } | null;
}

const POWER_KW: Record<Usage, number> = {
  family: 4.5,
  couple: 3,
  single: 3,
  "heat-pump": 6,
  producer: 6,
  bakery: 20,
  office: 10,
  "holiday-home": 3,
};

const PRODUCTS: Record<Commodity, { home: string; firm: string }> = {
  electricity: { home: "Luce Chiara", firm: "Luce Impresa" },
  gas: { home: "Gas Sereno", firm: "Gas Impresa" },
  district_heating: { home: "Calore di Casa", firm: "Calore Impresa" },
  water: { home: "Uso domestico residente", firm: "Uso non domestico" },
};

const CUSTOMER_CODE: Record<CompanySlug, (customer: number) => string> = {
  "valfiorita-energia": (customer) => String(710_004_000 + customer * 7),
  "valfiorita-calore": (customer) => `TC${204_000 + customer * 7}`,
  "valfiorita-acque": (customer) => `AQ${304_000 + customer * 7}`,
};

const SUPPLY_POINT: Record<Commodity, (serial: number) => string> = {
  electricity: (serial) => `IT999E${String(10_000_000 + serial)}`,
  gas: (serial) => `9999${String(1_000_000_000 + serial)}`,
  district_heating: (serial) => `SST-${serial}`,
  water: (serial) => `PF-${serial}`,
};

export const isFirm = ({ holder }: Customer) => "firm" in holder;

/** Every contract of the group as it stands on `today`, in an order that never changes. */
export function suppliedContracts(today: string): SuppliedContract[] {
  return CUSTOMERS.flatMap((customer, customerAt) => {
    const vatNumber = isFirm(customer) ? partitaIva(100 + customerAt) : null;
    const { holder } = customer;
    const taxId = "firm" in holder ? partitaIva(100 + customerAt) : codiceFiscale(holder);
    const holderName = "firm" in holder ? holder.firm : `${holder.given} ${holder.family}`;
    return customer.supplies.map((supply, supplyAt): SuppliedContract => {
      const { commodity } = supply;
      const { company, prefix } = SUPPLIED_BY[commodity];
      const serial = 100_000 + customerAt * 10 + supplyAt;
      const contractNumber = `${prefix}-${serial}`;
      const dice = diceFor(contractNumber);
      const began = beganOn(supply, today, dice.whole(50, 130), dice.whole(1, 28));
      return {
        customer,
        supply,
        company,
        commodity,
        contractNumber,
        customerCode: CUSTOMER_CODE[company](customerAt),
        taxId,
        vatNumber,
        holderName,
        language: customer.language,
        supplyPoint: SUPPLY_POINT[commodity](serial),
        meterSerial: `${prefix}M${dice.whole(1_000_000, 9_999_999)}`,
        product: PRODUCTS[commodity][isFirm(customer) ? "firm" : "home"],
        productEndsOn:
          company === "valfiorita-energia" ? monthsFrom(today, dice.whole(3, 20)) : null,
        powerKw:
          commodity === "electricity"
            ? POWER_KW[supply.usage]
            : commodity === "district_heating"
              ? isFirm(customer)
                ? 60
                : 12
              : null,
        startsOn: began,
        endsOn: supply.endedMonthsAgo
          ? endOfMonth(monthsFrom(today, -supply.endedMonthsAgo))
          : null,
        mandate: mandateOf(supply, contractNumber, serial, began, today),
      };
    });
  });
}

function beganOn(supply: Supply, today: string, monthsAgo: number, day: number): string {
  const month = Temporal.PlainDate.from(monthsFrom(today, -(supply.beganMonthsAgo ?? monthsAgo)));
  return month.with({ day: supply.beganMonthsAgo ? 1 : day }).toString();
}

function mandateOf(
  { mandate: status }: Supply,
  contractNumber: string,
  serial: number,
  startsOn: string,
  today: string,
): SuppliedContract["mandate"] {
  if (status === "none") {
    return null;
  }
  const wasActive = status === "active" || status === "revoked" || status === "expired";
  const ended = { revoked: 2, expired: 5 }[status as string];
  return {
    reference: `VF-${contractNumber}-01`,
    iban: iban(serial),
    status,
    since: wasActive ? Temporal.PlainDate.from(startsOn).add({ days: 20 }).toString() : null,
    until: ended === undefined ? null : monthsFrom(today, -ended),
  };
}

/** `isoDate` moved by whole months; the day is kept where the month has it. */
export function monthsFrom(isoDate: string, months: number): string {
  return Temporal.PlainDate.from(isoDate).add({ months }).toString();
}

export function endOfMonth(isoDate: string): string {
  const date = Temporal.PlainDate.from(isoDate);
  return date.with({ day: date.daysInMonth }).toString();
}
