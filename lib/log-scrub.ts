/** What stands in the place of what was cut out of a line. */
const GONE = "[…]";

/**
 * What may name a person or open a door, by its shape: the last wall behind whatever an error or a library
 * puts into its words. Better too much than too little; ids (UUIDs) and SHA-256 in hexadecimal stay.
 */
const PATTERNS: [RegExp, string][] = [
  // Passwords in addresses, before the rest of them looks like an e-mail.
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi, `$1${GONE}@`],
  [/[\p{L}\p{N}._%+'-]+(?:@|%40)[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}/giu, GONE],
  [/\b(Bearer|Basic) +[^\s"'\\]+/gi, `$1 ${GONE}`],
  // Whatever a form or an address calls so.
  [/\b((?:token|code|password|email|next|q|taxId|secret)=)[^&\s"'\\]+/gi, `$1${GONE}`],
  // Keys of the API, of Resend, of webhooks.
  [/\b(?:spk|spc|re|whsec)_[A-Za-z0-9+/=_-]{6,}/g, GONE],
  // Codice fiscale, also in groups; partita IVA and numeric codice fiscale; IBAN, and what looks like one.
  [
    /\b(?:IT)?[A-Z]{3}\s?[A-Z]{3}\s?[0-9L-NP-V]{2}\s?[A-EHLMPRST][0-9L-NP-V]{2}\s?[A-Z][0-9L-NP-V]{3}\s?[A-Z]\b/gi,
    GONE,
  ],
  [/(?<!\w|\d\.)(?:IT)?\d{11}(?!\w|\.\d)/gi, GONE],
  [/\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?\b/g, GONE],
  [/\bIT\s?\d{2}\s?[A-Z](?:\s?[0-9A-Z]){22}\b/gi, GONE],
  // Tokens: 32 characters and more of base64url that are no hexadecimal, and no name in small letters.
  [/(?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*\d)[\w-]{32,}(?![\w-])/g, GONE],
];

/** A line of JSON whose texts hold nothing of that kind. Numbers are left alone, or it were JSON no more. */
export const withoutPersons = (line: string): string =>
  line.replace(/"(?:[^"\\]|\\.)*"/g, (text) => scrubbed(text));

/** The same for a plain text. */
export const scrubbed = (text: string): string =>
  PATTERNS.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), text);
