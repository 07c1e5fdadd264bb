import type { LineTexts } from "./lines";
import { all, textAt, type XmlNode } from "./xml-tree";

/** What an invoice says of whose contract it is for. */
export interface Named {
  /** POD or PDR, upper case. */
  supplyPoints: string[];
  customerCodes: string[];
  contractNumbers: string[];
}

const POD = /(?<![A-Z0-9])IT\d{3}E[A-Z0-9]{8,9}(?![A-Z0-9])/;
const PDR = /(?<!\d)\d{14}(?!\d)/;
const POINT_WORDS = /\b(POD|PDR|PUNTO)\b/i;
const CUSTOMER_WORDS = /(COD\w*[ ._-]*)?(CLI|CLIENTE|CUSTOMER)\b/i;
/** Characters of a code or number; what is longer is none, and would be kept with an invoice that waits. */
const LONGEST = 60;
const CONTRACT_WORDS = /CONTRATT/i;

/**
 * Supply points stand in RiferimentoAmministrazione, of a line or of the seller, or among the other data of a
 * line, wherever the issuer's software puts them.
 */
export function namedIn(header: XmlNode, body: XmlNode, lines: LineTexts[]): Named {
  const points = new Set<string>();
  const customers = new Set<string>();
  const contracts = new Set<string>();
  const addPoint = (text = "", type = "") => {
    const written = text.toUpperCase();
    const compact = written.replace(/\s/g, "");
    const found = POD.exec(written)?.[0] ?? POD.exec(compact)?.[0] ?? PDR.exec(written)?.[0];
    if (found) {
      points.add(found);
    } else if (POINT_WORDS.test(type) && compact !== "" && compact.length <= 40) {
      // Water and heat have codes of the company's own.
      points.add(compact);
    }
  };
  addPoint(textAt(header, "CedentePrestatore/RiferimentoAmministrazione"));
  // The lines of an invoice say the same, mostly.
  for (const reference of new Set(lines.map((line) => line.reference))) {
    addPoint(reference);
  }
  for (const { others } of lines) {
    for (const data of others) {
      const type = textAt(data, "TipoDato") ?? "";
      const value = textAt(data, "RiferimentoTesto");
      if (value === undefined || value.length > LONGEST) {
        continue;
      }
      addPoint(value, type);
      if (CUSTOMER_WORDS.test(type)) {
        customers.add(value);
      } else if (CONTRACT_WORDS.test(type)) {
        contracts.add(value);
      }
    }
  }
  for (const contract of all(body, "DatiGenerali/DatiContratto")) {
    const id = textAt(contract, "IdDocumento");
    if (id && id.length <= LONGEST) {
      contracts.add(id);
    }
  }
  return {
    supplyPoints: [...points],
    customerCodes: [...customers],
    contractNumbers: [...contracts],
  };
}
