import type { LINE_SECTIONS } from "@/db/schema/document";
import type { Language } from "@/lib/i18n/languages";
import type { Commodity } from "./group";

/** What a price is multiplied with. */
type Measure = "use" | "f1" | "f2" | "f3" | "months" | "kw-months";

export interface Price {
  section: (typeof LINE_SECTIONS)[number];
  name: Record<Language, string>;
  per: Measure;
  /** Euro, tax excluded, homes and firms. */
  home: number;
  firm: number;
}

const price = (
  section: Price["section"],
  per: Measure,
  home: number,
  firm: number,
  [it, en, de]: [string, string, string],
): Price => ({ section, per, home, firm, name: { it, en, de } });

/** Prices of a fictional group, in the order in which a bill lists them. */
export const PRICES: Record<Commodity, Price[]> = {
  electricity: [
    price("energy", "f1", 0.1472, 0.1385, [
      "Energia in fascia F1",
      "Energy, band F1",
      "Energie, Zeitzone F1",
    ]),
    price("energy", "f2", 0.1398, 0.1312, [
      "Energia in fascia F2",
      "Energy, band F2",
      "Energie, Zeitzone F2",
    ]),
    price("energy", "f3", 0.1215, 0.1149, [
      "Energia in fascia F3",
      "Energy, band F3",
      "Energie, Zeitzone F3",
    ]),
    price("energy", "months", 5.85, 9.2, [
      "Commercializzazione",
      "Retail charge",
      "Vertriebspauschale",
    ]),
    price("network", "months", 1.92, 2.45, [
      "Trasporto e contatore, quota fissa",
      "Network and meter, fixed",
      "Netz und Zähler, fix",
    ]),
    price("network", "kw-months", 1.81, 2.64, [
      "Trasporto, quota potenza",
      "Network, capacity",
      "Netz, Leistung",
    ]),
    price("network", "use", 0.01137, 0.00913, [
      "Trasporto, quota energia",
      "Network, energy",
      "Netz, Arbeit",
    ]),
    price("system", "use", 0.02985, 0.0412, [
      "Oneri generali di sistema",
      "General system charges",
      "Allgemeine Systemkosten",
    ]),
    price("taxes", "use", 0.0227, 0.0125, ["Accisa", "Excise duty", "Verbrauchsteuer"]),
  ],
  gas: [
    price("energy", "use", 0.4218, 0.3987, [
      "Materia gas naturale",
      "Natural gas",
      "Erdgaslieferung",
    ]),
    price("energy", "months", 6.4, 9.1, [
      "Commercializzazione",
      "Retail charge",
      "Vertriebspauschale",
    ]),
    price("network", "months", 5.12, 7.3, [
      "Trasporto e contatore, quota fissa",
      "Network and meter, fixed",
      "Netz und Zähler, fix",
    ]),
    price("network", "use", 0.1093, 0.0968, [
      "Trasporto, quota variabile",
      "Network, variable",
      "Netz, variabel",
    ]),
    price("system", "use", 0.0341, 0.0341, [
      "Oneri generali di sistema",
      "General system charges",
      "Allgemeine Systemkosten",
    ]),
    price("taxes", "use", 0.1532, 0.0125, ["Accisa", "Excise duty", "Verbrauchsteuer"]),
    price("taxes", "use", 0.0309, 0.0052, [
      "Addizionale regionale",
      "Regional surcharge",
      "Regionaler Zuschlag",
    ]),
  ],
  district_heating: [
    price("energy", "use", 0.1184, 0.1092, ["Calore fornito", "Heat supplied", "Gelieferte Wärme"]),
    price("network", "kw-months", 1.35, 1.28, [
      "Quota fissa per potenza",
      "Fixed charge by capacity",
      "Grundpreis nach Leistung",
    ]),
    price("network", "months", 2.1, 4.9, ["Contatore di calore", "Heat meter", "Wärmezähler"]),
  ],
  water: [
    price("energy", "use", 1.1246, 1.4372, ["Acquedotto", "Water supply", "Trinkwasser"]),
    price("network", "use", 0.2873, 0.3514, ["Fognatura", "Sewerage", "Kanalisation"]),
    price("network", "use", 0.6418, 0.7826, [
      "Depurazione",
      "Waste water treatment",
      "Abwasserreinigung",
    ]),
    price("network", "months", 2.05, 6.3, ["Quota fissa", "Fixed charge", "Grundgebühr"]),
    price("system", "use", 0.0412, 0.0412, [
      "Componenti perequative",
      "Equalisation components",
      "Ausgleichskomponenten",
    ]),
  ],
};

export const BILLING: Record<
  Commodity,
  {
    /** Months in a bill, homes and firms. */
    months: { home: number; firm: number };
    /** The day of the following month at which it is issued: after the cut-off. */
    issueDay: number;
    unit: "kWh" | "Smc" | "m3";
    /** Base units in one unit of the bill. */
    baseUnits: number;
    vatRate: { home: number; firm: number };
    /** First letter of a bill number. */
    letter: string;
  }
> = {
  electricity: {
    months: { home: 2, firm: 1 },
    issueDay: 18,
    unit: "kWh",
    baseUnits: 1000,
    vatRate: { home: 0.1, firm: 0.22 },
    letter: "E",
  },
  gas: {
    months: { home: 2, firm: 1 },
    issueDay: 18,
    unit: "Smc",
    baseUnits: 1000,
    vatRate: { home: 0.1, firm: 0.22 },
    letter: "E",
  },
  district_heating: {
    months: { home: 1, firm: 1 },
    issueDay: 17,
    unit: "kWh",
    baseUnits: 1000,
    vatRate: { home: 0.1, firm: 0.22 },
    letter: "T",
  },
  water: {
    months: { home: 3, firm: 3 },
    issueDay: 19,
    unit: "m3",
    baseUnits: 1000,
    vatRate: { home: 0.1, firm: 0.1 },
    letter: "A",
  },
};

/** Units and items beside the prices. */
export const BILL_WORDS: Record<
  Language,
  {
    month: string;
    vat: (percent: number) => string;
    discount: string;
    television: string;
    timeBarred: string;
    refund: string;
  }
> = {
  it: {
    month: "mesi",
    vat: (percent) => `IVA ${percent}%`,
    discount: "Sconto bolletta elettronica",
    television: "Canone di abbonamento alla televisione",
    timeBarred: "Ricalcolo di consumi di oltre due anni fa",
    refund: "Rimborso per ricalcolo dei consumi",
  },
  en: {
    month: "months",
    vat: (percent) => `VAT ${percent}%`,
    discount: "Electronic bill discount",
    television: "Television licence fee",
    timeBarred: "Recalculation of consumption more than two years ago",
    refund: "Refund after recalculated consumption",
  },
  de: {
    month: "Monate",
    vat: (percent) => `MwSt. ${percent} %`,
    discount: "Nachlass für elektronische Rechnung",
    television: "Rundfunkgebühr",
    timeBarred: "Neuberechnung von Verbrauch vor mehr als zwei Jahren",
    refund: "Rückerstattung nach Neuberechnung",
  },
};
