import { codiceFiscaleCheckLetter, partitaIvaCheckDigit } from "@/lib/accounts/tax-id";

/** A municipality that was never given a code: no living person can bear a tax id made here. */
const NO_MUNICIPALITY = "M999";
/** A tax office that does not exist, for the same reason. */
const NO_OFFICE = "000";
/** A bank and a branch that do not exist. */
const NO_BANK = "99999" + "00000";
const MONTHS = "ABCDEHLMPRST";

export interface Person {
  family: string;
  given: string;
  sex: "f" | "m";
  /** `YYYY-MM-DD`. */
  born: string;
}

const letters = (text: string) =>
  text
    .normalize("NFD")
    .toUpperCase()
    .replace(/[^A-Z]/g, "");
const consonants = (text: string) => letters(text).replace(/[AEIOU]/g, "");
const vowels = (text: string) => letters(text).replace(/[^AEIOU]/g, "");

/** The codice fiscale the rules give this person, valid by its check letter. */
export function codiceFiscale({ family, given, sex, born }: Person): string {
  const familyPart = `${consonants(family)}${vowels(family)}XXX`.slice(0, 3);
  const rest = consonants(given);
  const givenPart =
    rest.length > 3
      ? `${rest.charAt(0)}${rest.slice(2, 4)}`
      : `${rest}${vowels(given)}XXX`.slice(0, 3);
  const month = MONTHS.charAt(Number(born.slice(5, 7)) - 1);
  const day = String(Number(born.slice(8)) + (sex === "f" ? 40 : 0)).padStart(2, "0");
  const code = `${familyPart}${givenPart}${born.slice(2, 4)}${month}${day}${NO_MUNICIPALITY}`;
  return `${code}${codiceFiscaleCheckLetter(code)}`;
}

/** A partita IVA that is valid by its check digit and belongs to nobody. */
export function partitaIva(serial: number): string {
  const first10 = `${String(9_000_000 + serial)}${NO_OFFICE}`;
  return `${first10}${partitaIvaCheckDigit(first10)}`;
}

/** An Italian IBAN with right check digits at a bank that does not exist. */
export function iban(serial: number): string {
  const bban = `X${NO_BANK}${String(serial).padStart(12, "0")}`;
  return `IT${mod97CheckDigits(`${bban}IT`)}${bban}`;
}

/** A SEPA creditor identifier (23 characters); the business code does not enter its check digits. */
export function creditorId(vatNumber: string): string {
  const national = `00000${vatNumber}`;
  return `IT${mod97CheckDigits(`${national}IT`)}ZZZ${national}`;
}

/** ISO 7064 MOD 97-10 over letters as 10–35, as IBANs and creditor ids carry it. */
function mod97CheckDigits(text: string): string {
  let rest = 0;
  for (const character of `${text}00`) {
    for (const digit of String(Number.parseInt(character, 36))) {
      rest = (rest * 10 + Number(digit)) % 97;
    }
  }
  return String(98 - rest).padStart(2, "0");
}
