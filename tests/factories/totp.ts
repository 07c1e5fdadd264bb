import { generate } from "otplib";
import { TOTP_STEP_S } from "@/lib/auth/totp";

/** The step of the last code that was shown for a secret: each counts once. */
const shown = new Map<string, number>();

const step = () => Math.floor(Date.now() / 1000 / TOTP_STEP_S);
const wait = () => new Promise((resolve) => setTimeout(resolve, 500));

/** A code of the app that was not shown yet: this step's, or after waiting the next one's. */
export async function unusedCode(secret: string): Promise<string> {
  while (step() <= (shown.get(secret) ?? 0)) {
    await wait();
  }
  shown.set(secret, step());
  return await generate({ secret });
}

/**
 * The code of the step before, so that the present one is still to be used. It stands until the present
 * step ends: when fewer than `leftS` seconds are left to look at it, the next one is waited for.
 */
export async function codeOfStepBefore(secret: string, leftS: number): Promise<string> {
  const left = () => TOTP_STEP_S - ((Date.now() / 1000) % TOTP_STEP_S);
  while (left() < leftS) {
    await wait();
  }
  return await generate({ secret, epoch: Date.now() / 1000 - TOTP_STEP_S });
}
