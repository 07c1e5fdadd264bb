import { normalizeTaxId, taxIdShape } from "./tax-id";

/** Longer ones are refused before anything is done with them. */
export const CODE_MAX = 40;
/** Hours within which a mailed link confirms a registration (R4). */
export const CONFIRM_HOURS = 24;
/** Minutes within which a mailed link sets a new password (R4). */
export const RESET_MINUTES = 60;
/** How long secrets outlive their use before a job forgets them (R4). */
export const FORGET_HOURS = 24;
/** By then the queue has given up on a registration that could not be matched. */
export const GIVEN_UP_HOURS = 7 * 24;
/** Days that ended sessions and used-up registrations are kept for; then they are deleted (README, Retention). */
export const SESSION_KEPT_DAYS = 30;
export const SIGNUP_KEPT_DAYS = 90;
/** Days for which mails that a restored database did not know are told from new ones. */
export const SENT_BEFORE_RESTORE_KEPT_DAYS = 90;
/** Days after which a mail of no account forgets its address. */
export const MAIL_OF_NOBODY_KEPT_DAYS = 90;
/** Hours that a request for a link, and a second factor nobody finished, are kept for. */
export const UNFINISHED_KEPT_HOURS = 24;
/** Days that a question is kept for after its answer, or after it came; and years that an answered complaint is. */
export const QUESTION_KEPT_DAYS = 365;
export const COMPLAINT_KEPT_YEARS = 5;
/** Hours within which one's own data can be downloaded once they were asked for. */
export const EXPORT_HOURS = 24;

/** So many tokens of programs may live in an account at once. */
export const MOST_TOKENS = 10;
/** How old the bill may be whose number proves a contract (R1). */
export const RECENT_BILL_MONTHS = 24;

const POD = /^IT\d{3}E[A-Z0-9]{8}[A-Z0-9]?$/;
const PDR = /^\d{14}$/;
/** Letters and digits as meters carry them on their plate: `18E5E2…`, `M1234567`. */
const METER = /^(?=.*\d{4})(?=.*[A-Z])[A-Z0-9]{7,20}$/;

/** Codes as people copy them from paper: upper case, without spaces. */
export const compactCode = (typed: string) =>
  typed.normalize("NFKC").toUpperCase().replace(/\s/g, "");

/** Whether somebody may have meant this as an e-mail; whoever takes it looks closer (accounts/email). */
export const looksLikeEmail = (typed: string) =>
  /^[^\s,<>"@]+@[^\s,<>"@]+\.[^\s,<>"@.]+$/.test(typed.normalize("NFKC").trim());

/** What is wrong with a tax id, from its shape alone (R1); null when nothing is. Keys of `errors`. */
export function taxIdSlip(typed: string): "taxIdIsPod" | "taxIdLetterO" | "taxIdShape" | null {
  const taxId = normalizeTaxId(typed);
  if (taxIdShape(taxId)) {
    return null;
  }
  if (POD.test(compactCode(typed))) {
    return "taxIdIsPod";
  }
  return taxIdShape(withZeros(taxId)) ? "taxIdLetterO" : "taxIdShape";
}

/** The letter O made a zero wherever a tax id has a digit. */
function withZeros(taxId: string): string {
  return taxId.length === 11
    ? taxId.replaceAll("O", "0")
    : taxId.replace(/O/g, (letter, at: number) =>
        [6, 7, 9, 10, 12, 13, 14].includes(at) ? "0" : letter,
      );
}

/** A POD typed as customer code is told without asking which company's code it should be. */
export const podSlip = (typed: string): "customerCodeIsPod" | null =>
  POD.test(compactCode(typed)) ? "customerCodeIsPod" : null;

export type CustomerCodeSlip =
  | "customerCodeIsPod"
  | "customerCodeIsPdr"
  | "customerCodeIsTaxId"
  | "customerCodeIsMeter"
  | "customerCodeIsBill"
  | "customerCodeLetterO"
  | "customerCodeShape";

/**
 * Reads a customer code by the company's own pattern, tolerating spaces, dashes and lower case; else
 * names the slip, from shape alone (R1): what else of the bill it may be.
 */
export function readCustomerCode(
  typed: string,
  pattern: string,
  billNumber = "",
): { code: string } | { slip: CustomerCodeSlip } {
  const fits = tester(pattern);
  const trimmed = typed.normalize("NFKC").trim();
  const compact = compactCode(typed);
  const pod = podSlip(typed);
  if (pod) {
    return { slip: pod };
  }
  const code = [trimmed, trimmed.toUpperCase(), compact, compact.replace(/[.\-/]/g, "")].find(fits);
  if (code !== undefined) {
    return { code };
  }
  if (PDR.test(compact)) {
    return { slip: "customerCodeIsPdr" };
  }
  if (fits(compact.replaceAll("O", "0"))) {
    return { slip: "customerCodeLetterO" };
  }
  if (taxIdShape(normalizeTaxId(typed))) {
    return { slip: "customerCodeIsTaxId" };
  }
  if (compact !== "" && compact === compactCode(billNumber)) {
    return { slip: "customerCodeIsBill" };
  }
  return { slip: METER.test(compact) ? "customerCodeIsMeter" : "customerCodeShape" };
}

/** A company's pattern; one that JavaScript cannot read lets everything through. */
function tester(pattern: string): (code: string) => boolean {
  try {
    const expression = new RegExp(pattern);
    return (code) => expression.test(code);
  } catch {
    return () => true;
  }
}

/** A supply point typed as bill number; null when it is none. */
export function billNumberSlip(typed: string): "billNumberIsPod" | null {
  const compact = compactCode(typed);
  return POD.test(compact) || PDR.test(compact) ? "billNumberIsPod" : null;
}

/** The beginnings of what people choose most, long enough to pass; compared without signs. */
const COMMON = [
  "123456789012",
  "012345678901",
  "1234567890ab",
  "1q2w3e4r5t6y",
  "qwertyuiopas",
  "qwertyuiop12",
  "qwerty123456",
  "asdfghjklzxc",
  "password1234",
  "passwordpass",
  "password2024",
  "password2025",
  "password2026",
  "iloveyou1234",
  "adminadminad",
  "administrator",
  "letmeinletme",
  "welcome12345",
  "forzajuventus",
  "forzanapoli1",
  "ciaociaociao",
  "buongiorno123",
  "sportello123",
  "bolletta1234",
  "passwort1234",
  "hallohallo12",
];

/** A password that is too easy to guess for this e-mail; null when it will do. Keys of `errors`. */
export function passwordSlip(
  password: string,
  email: string,
): "passwordHasEmail" | "passwordCommon" | null {
  const plain = password.normalize("NFKC").toLowerCase();
  const [name = ""] = email.toLowerCase().split("@");
  if (name.length >= 4 && plain.includes(name)) {
    return "passwordHasEmail";
  }
  const signs = plain.replace(/[^\p{L}\p{N}]/gu, "");
  // One to four characters over and over: aaaaaaaaaaaa, 123123123123.
  const repeated = /^(.{1,4}?)\1{2,}.{0,3}$/u.test(plain);
  return repeated || COMMON.some((common) => signs.startsWith(common)) ? "passwordCommon" : null;
}

/** A tax id of which only the ends are shown. */
export function maskTaxId(taxId: string): string {
  return `${taxId.slice(0, 3)}${"•".repeat(Math.max(0, taxId.length - 5))}${taxId.slice(-2)}`;
}

/** A customer's code of which only the ends are shown. */
export function maskCode(code: string): string {
  const shown = code.length < 7 ? 1 : 2;
  return `${code.slice(0, shown)}•••${code.slice(-shown)}`;
}

/** An address of which only the first letter and the domain are shown; a pseudonym (R7) stays as it is. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf("@");
  return at < 0 ? email : `${email.slice(0, at && 1)}•••${email.slice(at)}`;
}

/**
 * A path of ours to go to after sign-in: as it would be resolved, so that neither `//host` nor dots
 * before it lead away.
 */
export function isOwnPath(path: string): boolean {
  return /^(\/(?!\.+(\/|\?|$))[\w.~-]+)+(\?[\w.=&%-]*)?$/.test(path);
}
