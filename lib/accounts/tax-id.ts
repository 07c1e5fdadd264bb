/** Tax ids as the law writes them: codice fiscale (16 characters) and partita IVA (11 digits). */

const PERSON = /^[A-Z]{6}[0-9L-NP-V]{2}[A-EHLMPRST][0-9L-NP-V]{2}[A-Z][0-9L-NP-V]{3}[A-Z]$/;
const COMPANY = /^\d{11}$/;
const MONTHS = "ABCDEHLMPRST";
/** A letter in the place of a digit, where two people would otherwise share a code (omocodia). */
const OMOCODIA = "LMNPQRSTUV";
/** What 0–25 count for at odd places; a digit counts like the letter of its number. */
const ODD = [
  1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];

/**
 * A tax id as it is stored and compared: upper case, without spaces, points, dashes and the `IT` that
 * VAT numbers carry abroad. Never fails; `taxIdShape` judges the result.
 */
export function normalizeTaxId(text: string): string {
  return text
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[\s.\-\u200B\u00AD]/g, "")
    .replace(/^IT(?=\d{11}$|[A-Z0-9]{16}$)/, "");
}

/**
 * Whether a normalised tax id has the shape of a person's (with a birthday that exists) or of 11
 * digits; null if of neither. The shape binds, the check characters do not (R1).
 */
export function taxIdShape(text: string): "person" | "company" | null {
  if (COMPANY.test(text)) {
    return text.startsWith("0000000") ? null : "company";
  }
  return PERSON.test(text) && birthdayExists(text) ? "person" : null;
}

/** Whether the check letter or digit is right. It only warns: official samples fail it. */
export function taxIdChecksumHolds(text: string): boolean {
  switch (taxIdShape(text)) {
    case "person":
      return codiceFiscaleCheckLetter(text.slice(0, 15)) === text[15];
    case "company":
      return partitaIvaCheckDigit(text.slice(0, 10)) === text[10];
    case null:
      return false;
  }
}

/** The 16th character of a codice fiscale, from the 15 before it as they stand (omocodia too). */
export function codiceFiscaleCheckLetter(first15: string): string {
  let sum = 0;
  for (const [index, character] of [...first15].entries()) {
    const value = Number.parseInt(character, 36);
    const place = value < 10 ? value : value - 10;
    sum += index % 2 === 0 ? (ODD[place] ?? 0) : place;
  }
  return String.fromCharCode(65 + (sum % 26));
}

/** The 11th digit of a partita IVA or of a numeric codice fiscale (Luhn), from the 10 before it. */
export function partitaIvaCheckDigit(first10: string): string {
  let sum = 0;
  for (const [index, character] of [...first10].entries()) {
    const digit = Number(character) * (index % 2 === 0 ? 1 : 2);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return String((10 - (sum % 10)) % 10);
}

function birthdayExists(code: string): boolean {
  const digits = [...code.slice(6, 11)]
    .map((character, index) =>
      index === 2 || /\d/.test(character) ? character : String(OMOCODIA.indexOf(character)),
    )
    .join("");
  const year = Number(digits.slice(0, 2));
  const month = MONTHS.indexOf(digits.charAt(2));
  // Women have 40 added to the day.
  const day = Number(digits.slice(3)) - (Number(digits.slice(3)) > 40 ? 40 : 0);
  return [1900, 2000].some((century) => {
    const date = new Date(Date.UTC(century + year, month, day));
    return day > 0 && date.getUTCMonth() === month && date.getUTCDate() === day;
  });
}
