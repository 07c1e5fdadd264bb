import { env } from "@/lib/env";

/** As long as a command waits to hear that its call was taken; the tick itself goes on for itself. */
const PATIENCE_MS = 3_000;

/**
 * Calls /api/cron/tick where CRON_SECRET is set: a worker hears of new mail by the database, a platform
 * that has only the route would send it with its next tick. Whether it is there is all the same. Beside the
 * embedded database there is a worker, and nobody to call.
 * @returns a sentence for the operator where it could not be reached; null when all is well
 */
export async function callTick({ embedded }: { embedded: boolean }): Promise<string | null> {
  const { CRON_SECRET: secret, APP_URL: url } = env();
  if (!secret || embedded) {
    return null;
  }
  try {
    const answer = await fetch(`${url}/api/cron/tick`, {
      method: "POST",
      headers: { authorization: `Bearer ${secret}` },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return answer.ok
      ? null
      : `${url}/api/cron/tick answered ${answer.status}; the e-mails go out with its next call, or by the worker.`;
  } catch (error) {
    // It is at work for longer than we wait.
    return error instanceof Error && error.name === "TimeoutError"
      ? null
      : `${url}/api/cron/tick was not reached; the e-mails go out with its next call, or by the worker.`;
  }
}
