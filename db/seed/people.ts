import type { MANDATE_STATUSES } from "@/db/schema/contract";
import type { Language } from "@/lib/i18n/languages";
import type { Commodity } from "./group";
import type { Person } from "./identifiers";

/** How a supply is used: decides its load profile, its power and its product. */
export type Usage =
  | "family"
  | "couple"
  | "single"
  | "heat-pump"
  | "producer"
  | "bakery"
  | "office"
  | "holiday-home";

export interface Supply {
  commodity: Commodity;
  mandate: (typeof MANDATE_STATUSES)[number];
  usage: Usage;
  /** What the account holder chose; absent: nothing yet, so paper (R8). */
  choice?: "electronic" | "paper";
  /** A dedicated e-mail for this contract, confirmed (R8). */
  dedicatedEmail?: string;
  /** Months before today at which the contract ended, or began; else it runs since years. */
  endedMonthsAgo?: number;
  beganMonthsAgo?: number;
  /** Something that happened to the readings or bills, so that pages have it to show. */
  event?: "gap" | "estimates" | "credit-note" | "time-barred" | "unpaid" | "manual-meter";
}

export interface Customer {
  holder: Person | { firm: string };
  language: Language;
  home: string;
  supplies: Supply[];
  /** The portal login; absent: not registered. */
  email?: string;
  /** Offered in `demo.json` for trying the registration. */
  toRegister?: boolean;
}

export const VALFIORITA = "99010 Valfiorita (VF)";
export const BORGO = "99020 Borgo Sereno (VF)";
export const PONTE = "99030 Ponte Lieto (VF)";
export const FLORIN = "99040 Sankt Florin (VF)";

const SHORT: Record<string, Commodity> = {
  E: "electricity",
  G: "gas",
  H: "district_heating",
  W: "water",
};

/** `E active family` and what else there is to say of a supply. */
export function supply(line: string, more: Partial<Supply> = {}): Supply {
  const [letter = "", mandate, usage] = line.split(" ") as [string, Supply["mandate"], Usage];
  const commodity = SHORT[letter];
  if (!commodity) {
    throw new Error(`no commodity ${letter}`);
  }
  return { commodity, mandate, usage, ...more };
}

export function person(
  name: string,
  sex: "f" | "m",
  born: string,
  home: string,
  supplies: Supply[],
  more: Partial<Customer> = {},
): Customer {
  const [given = "", ...family] = name.split(" ");
  const holder = { given, family: family.join(" "), sex, born };
  return { holder, language: "it", home, supplies, ...more };
}

export function firm(name: string, home: string, supplies: Supply[], more: Partial<Customer> = {}) {
  return { holder: { firm: name }, language: "it" as const, home, supplies, ...more };
}
