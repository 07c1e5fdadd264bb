import { randomInt } from "node:crypto";
import { generateURI, verify } from "otplib";
import { READABLE } from "./token";

/** Seconds for which a code of an authenticator app stands (RFC 6238). */
export const TOTP_STEP_S = 30;
const RECOVERY_CODES = 10;
const RECOVERY_LENGTH = 10;
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** A secret as an authenticator app takes it: base32 (RFC 4648), without padding. */
export function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{5}/g) ?? []).map((five) => BASE32[Number.parseInt(five, 2)]).join("");
}

/** What an authenticator app reads from the QR code. */
export const totpUri = (secret: string, email: string) =>
  generateURI({ issuer: "Sportello", label: email, secret });

/**
 * The 30-second step whose code this is, one before and after now included (clocks differ); null for none,
 * and for one that is not later than `lastStep`: each code counts once.
 */
export async function totpStep(
  secret: string,
  code: string,
  lastStep: number | null,
): Promise<number | null> {
  if (!/^\d{6}$/.test(code)) {
    return null;
  }
  const result = await verify({
    secret,
    token: code,
    epochTolerance: TOTP_STEP_S,
    ...(lastStep !== null && { afterTimeStep: lastStep }),
  });
  return result.valid ? (result as { timeStep: number }).timeStep : null;
}

/** Ways in without the app, each good once: XXXXX-XXXXX, 50 bits. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: RECOVERY_CODES }, () => {
    const letters = Array.from({ length: RECOVERY_LENGTH }, () => READABLE[randomInt(32)]).join("");
    return `${letters.slice(0, 5)}-${letters.slice(5)}`;
  });
}

/** A code as typed: without spaces and dashes, letters that look like digits read as such. */
export const compactSignInCode = (typed: string) =>
  typed
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[\s-]/g, "")
    .replace(/O/g, "0")
    .replace(/[IL]/g, "1");
