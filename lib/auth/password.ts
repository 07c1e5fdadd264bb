import { hash, verify } from "@node-rs/argon2";
import { fail, ok, type Result } from "@/lib/errors";

/** OWASP's floor for argon2id: 19 MiB, two passes, one lane. */
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** A flood of sign-ins waits here instead of taking the cores that pages are made on. */
const AT_ONCE = 1;
const MAX_WAITING = 100;

export const PASSWORD_MIN = 12;
export const PASSWORD_MAX = 128;

let running = 0;
const waiting: (() => void)[] = [];

/** Too many passwords are being checked. */
class PasswordQueueFullError extends Error {
  override name = "PasswordQueueFullError";
}

async function queued<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) {
    if (waiting.length >= MAX_WAITING) {
      throw new PasswordQueueFullError("the password queue is full");
    }
    await new Promise<void>((resume) => waiting.push(resume));
  }
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

/** What a check or hash came to; "busy" when too many wait: the caller should say "try again in a moment". */
export async function unlessBusy<T>(work: Promise<T>): Promise<Result<T, "busy">> {
  try {
    return ok(await work);
  } catch (error) {
    if (error instanceof PasswordQueueFullError) {
      return fail("busy");
    }
    throw error;
  }
}

export function hashPassword(password: string): Promise<string> {
  return queued(() => hash(password.normalize("NFKC"), ARGON2ID));
}

/** Of a password that nobody has: as dear to compare with as any. */
const DECOY =
  "$argon2id$v=19$m=19456,t=2,p=1$qWrRjdG1vxPLlRsy0q13Ag$MS6NLjZYdVfdDgbh9fhiipbcbiimNhpOfdSK8G93+j0";

/** Checks a password; with no hash at hand the work is the same, and the answer false. */
export async function verifyPassword(
  passwordHash: string | null | undefined,
  password: string,
): Promise<boolean> {
  const matches = await queued(() => verify(passwordHash ?? DECOY, password.normalize("NFKC")));
  return matches && Boolean(passwordHash);
}
