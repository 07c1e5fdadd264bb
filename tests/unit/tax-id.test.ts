import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import {
  codiceFiscaleCheckLetter,
  normalizeTaxId,
  partitaIvaCheckDigit,
  taxIdChecksumHolds,
  taxIdShape,
} from "@/lib/accounts/tax-id";

interface Vectors {
  codiceFiscale: Group;
  numericCodiceFiscaleOrPartitaIva: Group;
}
interface Group {
  valid: { v: string }[];
  invalid: { v: string; why: string }[];
}

const folder = process.env.SPORTELLO_SAMPLES ?? "../shared/samples";
const file = path.join(folder, "identifier-and-band-vectors.json");
const absent = !process.env.SPORTELLO_SAMPLES && !existsSync(file);
if (absent) {
  console.warn(`tax ids: ${file} is not there, so its vectors are skipped`);
}

describe.skipIf(absent)("the published vectors", () => {
  const vectors: Vectors = absent
    ? { codiceFiscale: none(), numericCodiceFiscaleOrPartitaIva: none() }
    : JSON.parse(readFileSync(file, "utf8"));
  const groups = [
    ["person", vectors.codiceFiscale],
    ["company", vectors.numericCodiceFiscaleOrPartitaIva],
  ] as const;

  test("R1 every valid tax id has its shape and its check character", () => {
    for (const [shape, { valid }] of groups) {
      expect(valid.length).toBeGreaterThan(3);
      for (const { v } of valid) {
        expect([v, taxIdShape(v), taxIdChecksumHolds(v)]).toEqual([v, shape, true]);
      }
    }
  });

  test("R1 every invalid tax id fails, and only by its check character where that is the fault", () => {
    for (const [shape, { invalid }] of groups) {
      for (const { v, why } of invalid) {
        expect([v, taxIdChecksumHolds(v)]).toEqual([v, false]);
        if (/^check (digit|letter)/.test(why)) {
          expect([v, taxIdShape(v)]).toEqual([v, shape]);
        }
      }
    }
  });
});

function none(): Group {
  return { valid: [], invalid: [] };
}

describe("normalizeTaxId", () => {
  test.each([
    ["  rccmnl83s18d969h ", "RCCMNL83S18D969H"],
    ["RCC MNL 83S18 D969H", "RCCMNL83S18D969H"],
    ["IT00743110157", "00743110157"],
    ["it 007 431 101 57", "00743110157"],
    ["IT-00743110157", "00743110157"],
    ["ITRCCMNL83S18D969H", "RCCMNL83S18D969H"],
    ["ＲＣＣＭＮＬ83S18D969H", "RCCMNL83S18D969H"],
  ])("R1 prefix, spaces and lower case are tolerated: %s", (typed, stored) => {
    expect(normalizeTaxId(typed)).toBe(stored);
  });

  test("a codice fiscale that begins with IT keeps it", () => {
    const code = `ITAMRA80A01H501${codiceFiscaleCheckLetter("ITAMRA80A01H501")}`;
    expect(normalizeTaxId(code)).toBe(code);
    expect(taxIdShape(code)).toBe("person");
  });
});

describe("taxIdShape", () => {
  test.each([
    ["", null],
    ["RCCMNL83S18D969", null],
    ["RCCMNL83S18D969HX", null],
    ["RCCMNL83S31D969H", null],
    ["RCCMNL83B29D969H", null],
    ["RCCMNL84B29D969H", "person"],
    ["RCCMNLU4B29D969H", "person"],
    ["RCCMNL83S00D969H", null],
    ["RCCMNL83S40D969H", null],
    ["0074311015", null],
    ["00000000000", null],
    ["01234567890", "company"],
  ])("%s is %s", (text, shape) => {
    expect(taxIdShape(text)).toBe(shape);
  });

  test("the check characters are those of known codes", () => {
    expect(codiceFiscaleCheckLetter("RCCMNL83S18D969")).toBe("H");
    expect(partitaIvaCheckDigit("0074311015")).toBe("7");
  });
});
