import type { billLines, documents } from "@/db/schema";
import type { Language } from "@/lib/i18n/languages";

type Section = (typeof billLines.$inferSelect)["section"];
type Kind = (typeof documents.$inferSelect)["kind"];

interface Words {
  kind: Record<Kind, string>;
  section: Record<Section, string>;
  commodity: Record<(typeof documents.$inferSelect)["commodity"], string>;
  number: string;
  issued: string;
  period: string;
  holder: string;
  taxId: string;
  customerCode: string;
  contract: string;
  supplyPoint: string;
  supplyAddress: string;
  consumption: string;
  estimated: string;
  total: string;
  due: string;
  directDebit: string;
  noDirectDebit: string;
  description: string;
  quantity: string;
  unitPrice: string;
  amount: string;
  sum: string;
  support: string;
  faults: string;
}

/** What the printed bill says around its figures. */
export const BILL_PDF_WORDS: Record<Language, Words> = {
  it: {
    kind: {
      bill: "Bolletta",
      credit_note: "Nota di credito",
      closing_bill: "Bolletta di chiusura",
      notice: "Avviso",
    },
    section: {
      energy: "Vendita",
      network: "Rete e contatore",
      system: "Oneri di sistema",
      taxes: "Imposte e IVA",
      other: "Altre partite",
      "time-barred": "Importi per consumi di oltre due anni fa",
    },
    commodity: {
      electricity: "Energia elettrica",
      gas: "Gas naturale",
      district_heating: "Teleriscaldamento",
      water: "Acqua",
    },
    number: "Numero",
    issued: "Emessa il",
    period: "Periodo",
    holder: "Intestatario",
    taxId: "Codice fiscale o partita IVA",
    customerCode: "Codice cliente",
    contract: "Contratto",
    supplyPoint: "Punto di fornitura",
    supplyAddress: "Indirizzo di fornitura",
    consumption: "Consumo",
    estimated: "in parte stimato",
    total: "Totale",
    due: "Scadenza",
    directDebit: "Addebito diretto sul conto, mandato",
    noDirectDebit: "Da pagare entro la scadenza",
    description: "Voce",
    quantity: "Quantità",
    unitPrice: "Prezzo unitario",
    amount: "Importo",
    sum: "Totale da pagare",
    support: "Assistenza clienti",
    faults: "Guasti ed emergenze",
  },
  en: {
    kind: {
      bill: "Bill",
      credit_note: "Credit note",
      closing_bill: "Closing bill",
      notice: "Notice",
    },
    section: {
      energy: "Sales",
      network: "Network and meter",
      system: "System charges",
      taxes: "Taxes and VAT",
      other: "Other items",
      "time-barred": "Amounts for consumption more than two years ago",
    },
    commodity: {
      electricity: "Electricity",
      gas: "Natural gas",
      district_heating: "District heating",
      water: "Water",
    },
    number: "Number",
    issued: "Issued on",
    period: "Period",
    holder: "Contract holder",
    taxId: "Tax id",
    customerCode: "Customer code",
    contract: "Contract",
    supplyPoint: "Supply point",
    supplyAddress: "Supply address",
    consumption: "Consumption",
    estimated: "partly estimated",
    total: "Total",
    due: "Due",
    directDebit: "By direct debit, mandate",
    noDirectDebit: "To be paid by the due date",
    description: "Item",
    quantity: "Quantity",
    unitPrice: "Unit price",
    amount: "Amount",
    sum: "Total to pay",
    support: "Customer service",
    faults: "Faults and emergencies",
  },
  de: {
    kind: {
      bill: "Rechnung",
      credit_note: "Gutschrift",
      closing_bill: "Schlussrechnung",
      notice: "Mitteilung",
    },
    section: {
      energy: "Lieferung",
      network: "Netz und Zähler",
      system: "Systemkosten",
      taxes: "Steuern und MwSt.",
      other: "Weitere Posten",
      "time-barred": "Beträge für Verbrauch vor mehr als zwei Jahren",
    },
    commodity: {
      electricity: "Strom",
      gas: "Erdgas",
      district_heating: "Fernwärme",
      water: "Wasser",
    },
    number: "Nummer",
    issued: "Ausgestellt am",
    period: "Zeitraum",
    holder: "Vertragsinhaber",
    taxId: "Steuernummer oder MwSt.-Nummer",
    customerCode: "Kundennummer",
    contract: "Vertrag",
    supplyPoint: "Lieferpunkt",
    supplyAddress: "Lieferadresse",
    consumption: "Verbrauch",
    estimated: "teils geschätzt",
    total: "Gesamtbetrag",
    due: "Fällig am",
    directDebit: "Abbuchung vom Konto, Mandat",
    noDirectDebit: "Zu zahlen bis zum Fälligkeitstag",
    description: "Posten",
    quantity: "Menge",
    unitPrice: "Einzelpreis",
    amount: "Betrag",
    sum: "Zu zahlen",
    support: "Kundendienst",
    faults: "Störungen und Notfälle",
  },
};
