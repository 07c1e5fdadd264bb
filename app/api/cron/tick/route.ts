import { createHash, timingSafeEqual } from "node:crypto";
import { mailConnection } from "@/lib/connections";
import { env } from "@/lib/env";
import { drainMails } from "@/lib/jobs/sender";
import { runJobsOnce } from "@/lib/jobs/worker";
import { log } from "@/lib/log";
import { UNREADY, whyUnready } from "@/lib/serving";

/** Seconds that a platform may give the route. */
export const maxDuration = 300;
/** From the start: then no further job or batch begins, and one in hand takes 20 seconds at most. */
const JOBS_MS = 15_000;
const DRAIN_MS = 35_000;
/** An import alone may take longer, while further ticks send the mails: what is left of it then is for another tick. */
const IMPORTS_MS = (maxDuration - 60) * 1_000;

/** Where no worker process runs: works the queue once, for a scheduler that holds CRON_SECRET. */
export async function GET(request: Request): Promise<Response> {
  const { CRON_SECRET: secret } = env();
  if (!secret || !sameSecret(request.headers.get("authorization") ?? "", `Bearer ${secret}`)) {
    return Response.json({ error: "unauthorized" }, { status: 401 });
  }
  const reason = await whyUnready();
  if (reason) {
    return Response.json({ error: reason, message: UNREADY[reason] }, { status: 503 });
  }
  const ctx = { db: mailConnection().db, actor: { kind: "system", name: "cron" } as const };
  const stop = AbortSignal.timeout(DRAIN_MS);
  const failed = await runJobsOnce(
    AbortSignal.timeout(JOBS_MS),
    AbortSignal.timeout(IMPORTS_MS),
  ).then(
    () => false,
    (err: unknown) => {
      log.error({ err }, "jobs failed");
      return true;
    },
  );
  // Whatever became of the jobs: bills must not wait for them.
  const sent = await drainMails(ctx, { stop });
  return Response.json(sent, { status: failed ? 500 : 200 });
}

export const POST = GET;

/** In constant time: digests have one length, whatever was sent. */
function sameSecret(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
