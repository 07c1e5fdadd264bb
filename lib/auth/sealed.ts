import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import { authSecrets } from "./auth-secrets";

const CIPHER = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;

const keyOf = (secret: string) =>
  createHmac("sha256", secret).update("sportello sealed secrets").digest();

/** A secret that must be read again, encrypted for the database: whoever has only its rows reads nothing. */
export function seal(secret: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(authSecrets()[0]), iv);
  const sealed = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64url");
}

/**
 * What `seal` was given, under any secret that AUTH_SECRET has.
 * @throws {Error} when it was changed, or sealed under another AUTH_SECRET
 */
export function unseal(sealed: string): string {
  return unsealWith(sealed, authSecrets());
}

/** Whether it can be read, and with the newest secret: what an earlier one sealed is lost when that goes. */
export function sealState(sealed: string): "newest" | "earlier" | "unreadable" {
  try {
    return unsealWith(sealed, [authSecrets()[0]]) ? "newest" : "unreadable";
  } catch {
    try {
      return unseal(sealed) ? "earlier" : "unreadable";
    } catch {
      return "unreadable";
    }
  }
}

function unsealWith(sealed: string, secrets: readonly string[]): string {
  let failure: unknown;
  for (const secret of secrets) {
    try {
      return open(Buffer.from(sealed, "base64url"), secret);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function open(bytes: Buffer, secret: string): string {
  const decipher = createDecipheriv(CIPHER, keyOf(secret), bytes.subarray(0, IV_BYTES));
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  const plain = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES));
  return Buffer.concat([plain, decipher.final()]).toString("utf8");
}
