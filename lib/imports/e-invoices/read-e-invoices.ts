import { normalizeTaxId } from "@/lib/accounts/tax-id";
import { isIsoDate } from "@/lib/iso-date";
import { type FaultList, shown } from "../errors";
import { isTooMuch, parseAmount, toCents } from "./amounts";
import { type Attachment, attachedPdf } from "./attachment";
import { restOf } from "./bill-lines";
import { type Consumption, consumptionOf, periodOf } from "./consumption";
import { type InvoiceLine, linesOf, lineTextsOf } from "./lines";
import { type Named, namedIn } from "./named";
import { all, textAt, type XmlNode, xmlParts } from "./xml-tree";

/** One body of a FatturaPA file: an invoice or a credit note. */
export interface EInvoice extends Named {
  /** Where the body opens, from 1. */
  line: number;
  kind: "bill" | "credit_note";
  number: string;
  /** `YYYY-MM-DD`. */
  issueDate: string;
  dueDate: string | null;
  period: { from: string; to: string } | null;
  /** Normalised; null where the buyer has none. */
  buyerTaxId: string | null;
  buyerVat: string | null;
  /** A credit note's is 0 or negative. */
  totalCents: number;
  /** False: it was summed, since the file states none. */
  totalStated: boolean;
  /** The tax on the lines, with the total's sign. */
  vatCents: number;
  consumption: Consumption | null;
  lines: InvoiceLine[];
  attachment: Attachment | null;
}

const CREDIT_NOTES = ["TD04", "TD08"];
/** What a seller bills; a buyer's own documents (TD16 to TD23, TD27, TD28) are none of a customer's. */
const INVOICES = /^TD0[1-35-79]$|^TD2[456]$/;
const VERSIONS = ["FPR12", "FPA12", "FSM10"];

/**
 * The invoices of a FatturaPA file (FPR12, FPA12), one per body.
 * @throws {ImportRefusedError} if the file is no such file or cannot be read on; faults of single bodies go to
 *   `faults`, and the body is left out
 */
export async function* readEInvoices(
  content: AsyncIterable<Buffer>,
  faults: FaultList,
): AsyncGenerator<EInvoice> {
  let header: XmlNode | undefined;
  let bodies = 0;
  for await (const pieces of xmlParts(content, faults)) {
    for (const { root, part } of pieces) {
      if (!part) {
        requireInvoice(root, faults);
      } else if (part.name === "FatturaElettronicaHeader") {
        header = part;
      } else if (part.name === "FatturaElettronicaBody") {
        bodies += 1;
        if (!header) {
          faults.refuse({ line: part.line, reason: "has a body before its header" });
        }
        const invoice = await toInvoice(header, part, faults);
        if (invoice) {
          yield invoice;
        }
      }
    }
  }
  if (bodies === 0) {
    faults.refuse({ reason: "holds no invoice: there is no FatturaElettronicaBody" });
  }
}

function requireInvoice({ name, line, attributes }: XmlNode, faults: FaultList): void {
  const version = attributes.versione ?? "";
  if (name !== "FatturaElettronica" || !VERSIONS.slice(0, 2).includes(version)) {
    faults.refuse({
      line,
      reason: `is no e-invoice FPR12 or FPA12: its first element is ${shown(name)}${version ? ` of version ${shown(version)}` : ""}`,
    });
  }
}

async function toInvoice(
  header: XmlNode,
  body: XmlNode,
  faults: FaultList,
): Promise<EInvoice | null> {
  const wrong: string[] = [];
  const say = (column: string, reason: string) => {
    faults.add({ line: body.line, column, reason });
    wrong.push(column);
  };
  const general = "DatiGenerali/DatiGeneraliDocumento";
  const type = textAt(body, `${general}/TipoDocumento`) ?? "";
  const credit = CREDIT_NOTES.includes(type);
  if (!credit && !INVOICES.test(type)) {
    say("TipoDocumento", `${shown(type)} is neither an invoice nor a credit note`);
  }
  const currency = textAt(body, `${general}/Divisa`);
  if (currency !== "EUR") {
    say("Divisa", `${shown(currency ?? "")} is not EUR`);
  }
  const number = textAt(body, `${general}/Numero`) ?? "";
  if (number === "" || number.length > 40 || /[\p{Cc}\u2028\u2029]/u.test(number)) {
    say("Numero", "is missing, or no number of at most 40 characters");
  }
  const issueDate = textAt(body, `${general}/Data`)?.slice(0, 10) ?? "";
  if (!isIsoDate(issueDate)) {
    say("Data", `${shown(issueDate)} is not a date such as 2026-12-15`);
  }
  const total = totalOf(body, credit, say);
  if (total === undefined) {
    return null;
  }
  const { turned, ...amounts } = total;
  const texts = lineTextsOf(body);
  const lines = linesOf(texts, turned, say);
  if (lines.length > 0 && isTooMuch(restOf({ lines, ...amounts }))) {
    say("PrezzoTotale", "the lines are more than 20 million euro away from the total");
  }
  const attachment = await attachedPdf(body, say);
  if (wrong.length > 0) {
    return null;
  }
  return {
    line: body.line,
    kind: credit ? "credit_note" : "bill",
    number,
    issueDate,
    dueDate: dueDateOf(body),
    period: periodOf(texts),
    ...buyerOf(header),
    ...amounts,
    ...namedIn(header, body, texts),
    consumption: consumptionOf(texts),
    lines,
    attachment,
  };
}

type Say = (column: string, reason: string) => void;

/** The stated total, else what the summaries add up to: taxable amount, tax and rounding. */
function totalOf(body: XmlNode, credit: boolean, say: Say) {
  const general = "DatiGenerali/DatiGeneraliDocumento";
  const stated = textAt(body, `${general}/ImportoTotaleDocumento`);
  const summaries = all(body, "DatiBeniServizi/DatiRiepilogo");
  const summed = summaries.flatMap((summary) =>
    ["ImponibileImporto", "Imposta", "Arrotondamento"].map((name) => textAt(summary, name) ?? "0"),
  );
  if (stated === undefined && summaries.length === 0) {
    say(
      "ImportoTotaleDocumento",
      "is missing, and so are the summaries (DatiRiepilogo) that add up to it",
    );
    return undefined;
  }
  let sum = 0n;
  const parts =
    stated === undefined ? [...summed, textAt(body, `${general}/Arrotondamento`) ?? "0"] : [stated];
  for (const text of parts) {
    const amount = parseAmount(text);
    if (amount === undefined) {
      say("ImportoTotaleDocumento", `${shown(text)} is not an amount such as 12.34`);
      return undefined;
    }
    sum += amount;
  }
  const cents = toCents(sum);
  if (cents === undefined) {
    say("ImportoTotaleDocumento", "is more than 20 million euro");
    return undefined;
  }
  if (cents < 0 && !credit) {
    say("ImportoTotaleDocumento", "is negative, and only a credit note's total may be");
    return undefined;
  }
  // Amounts of a credit note are mostly positive there, and are what is given back here.
  const turned = credit && cents > 0;
  return {
    totalCents: turned ? -cents : cents,
    totalStated: stated !== undefined,
    vatCents: vatOf(summaries, turned),
    turned,
  };
}

function vatOf(summaries: XmlNode[], turned: boolean): number {
  const vat = summaries.reduce(
    (sum, one) => sum + (parseAmount(textAt(one, "Imposta") ?? "") ?? 0n),
    0n,
  );
  return (toCents(vat) ?? 0) * (turned ? -1 : 1);
}

/** Of several instalments the first: nobody is told too late. */
function dueDateOf(body: XmlNode): string | null {
  const dates = all(body, "DatiPagamento/DettaglioPagamento")
    .map((payment) => textAt(payment, "DataScadenzaPagamento")?.slice(0, 10) ?? "")
    .filter(isIsoDate);
  return dates.sort()[0] ?? null;
}

function buyerOf(header: XmlNode) {
  const who = "CessionarioCommittente/DatiAnagrafici";
  const vat = textAt(header, `${who}/IdFiscaleIVA/IdCodice`);
  const taxId = textAt(header, `${who}/CodiceFiscale`) ?? vat;
  return {
    buyerTaxId: taxId === undefined ? null : normalizeTaxId(taxId),
    buyerVat: vat === undefined ? null : normalizeTaxId(vat),
  };
}
