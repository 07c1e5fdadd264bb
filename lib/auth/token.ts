import { createHash, createHmac, randomBytes, randomInt, timingSafeEqual } from "node:crypto";
import { authSecrets } from "./auth-secrets";

/** A new secret of 256 bits, safe in an address. */
export const newToken = () => randomBytes(32).toString("base64url");

/** What is stored of a secret: it cannot be turned back (R4). */
export const hashToken = (token: string) => createHash("sha256").update(token).digest();

function keyed(purpose: string, value: string, secret = authSecrets()[0]) {
  // One key per purpose, so that a value of one cannot stand in for another's.
  const key = createHmac("sha256", secret).update(`sportello ${purpose}`).digest();
  return createHmac("sha256", key).update(value).digest();
}

/**
 * The secret that a mail carries, from the mail's id: a retried mail carries the same one, and the
 * database holds only its hash (R4).
 */
export const mailToken = (mailId: string, secret?: string) =>
  keyed("mail token", mailId, secret).toString("base64url");

/** The same by each secret, the newest first: a mail that waits through a rotation carries the one it was queued with. */
export const mailTokens = (mailId: string) =>
  authSecrets().map((secret) => mailToken(mailId, secret));

/** The secret that reads the receipt of what a form sent, from the form's own key: sent twice, it is the same one. */
export const receiptSecret = (formKey: string) => keyed("receipt", formKey).toString("base64url");

/** What stands in the place of a deleted account's address (R7); the same address, the same text. */
export const pseudonym = (email: string) =>
  `deleted-${keyed("pseudonym", email).subarray(0, 12).toString("hex")}`;

/** Under what a limit counts somebody's attempts: a keyed hash, so that its table names nobody. */
export const limitKey = (limit: string, value: string) =>
  keyed(`limit ${limit}`, value).subarray(0, 18).toString("base64url");

/** By what a mail that went out is known again (R17), and its address is not; by each secret, the newest first. */
export const mailDigests = (email: string, subject: string) =>
  authSecrets().map((secret) =>
    keyed("sent mail", `${email.toLowerCase()}\n${subject}`, secret).toString("base64url"),
  );

/** For how long a browser is known. */
export const DEVICE_DAYS = 180;

/** What is stored of a short code: keyed, since somebody who has only the rows could try all 50 bits. */
export const hashCode = (code: string, secret?: string) => keyed("short code", code, secret);

/** The same by each secret, the newest first: one of them was stored. */
export const hashCodes = (code: string) => authSecrets().map((secret) => hashCode(code, secret));

/** 160 bits for an authenticator app, another for each session: who has one of another session has nothing. */
export const sessionSecret = (sessionId: string) =>
  keyed("second factor", sessionId).subarray(0, 20);

/**
 * What a browser shows that was signed in with this e-mail before: it is not held up by others who guess
 * at the same account (OWASP's device cookie).
 */
export function deviceCookie(
  email: string,
  device: string = randomBytes(12).toString("base64url"),
  day: number = today(),
  secret?: string,
) {
  const mac = keyed("device", `${device} ${day} ${email}`, secret)
    .subarray(0, 18)
    .toString("base64url");
  return `${device}.${day}.${mac}`;
}

/** The device of a cookie that was made for this e-mail in the last 180 days; null for any other. */
export function knownDevice(email: string, cookie: string | null | undefined): string | null {
  const [device = "", day = ""] = cookie?.split(".") ?? [];
  const age = today() - Number(day);
  const shown = Buffer.from(cookie ?? "");
  const ours = authSecrets().some((secret) => {
    const expected = Buffer.from(deviceCookie(email, device, Number(day), secret));
    return expected.length === shown.length && timingSafeEqual(expected, shown);
  });
  return device !== "" && age >= 0 && age <= DEVICE_DAYS && ours ? device : null;
}

/** Days since 1970. */
const today = () => Math.floor(Date.now() / 86_400_000);

/** Crockford's base32: no I, L, O, U, which are misread. */
export const READABLE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A code for a receipt, `AL-XXXXX-XXXXX`: ten letters and digits, so that nobody meets another's by chance. */
export function newReceiptCode(prefix: string): string {
  const letters = Array.from({ length: 10 }, () => READABLE[randomInt(READABLE.length)]).join("");
  return `${prefix}-${letters.slice(0, 5)}-${letters.slice(5)}`;
}

/**
 * The code of a release's letter (R6), from the release's id: 10 readable characters, 50 bits. Printed anew
 * it is the same one, and the database holds only its hash.
 */
export const releaseCode = (releaseId: string, secret?: string) =>
  [...keyed("release code", releaseId, secret).subarray(0, 10)]
    .map((byte) => READABLE[byte & 31])
    .join("");

/**
 * The hashes that a release may keep of a code that was typed, the newest secret's last: it may have been begun,
 * and its letter printed, under either.
 */
export function releaseHashes(releaseId: string, typed: string): Buffer[] {
  const secrets = authSecrets().toReversed();
  const printed = secrets.some((secret) => releaseCode(releaseId, secret) === typed);
  return secrets.map((secret) =>
    hashCode(printed ? releaseCode(releaseId, secret) : typed, secret),
  );
}
