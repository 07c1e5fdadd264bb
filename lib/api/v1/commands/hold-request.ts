import { createHash } from "node:crypto";
import { and, eq, isNull, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { apiRequests } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { ProblemError } from "../problem";
import { REMEMBERED_HOURS } from "../rules";

/** How long an attempt holds its key unless it says that it goes on: a killed one is not waited for longer. */
const LEASE_SECONDS = 60;
const RENEW_MS = 20_000;

type System = Context<SystemActor>;

/** An attempt under an Idempotency-Key that is ours alone, or the answer that was given before. */
export type Held =
  | { kind: "ours"; attemptId: string }
  | { kind: "answered"; digest: string; importId: string };

interface RequestKey {
  apiKeyId: string;
  idempotencyKey: string;
}

const lease = sql`clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})`;

const of = ({ apiKeyId, idempotencyKey }: RequestKey) =>
  and(eq(apiRequests.apiKeyId, apiKeyId), eq(apiRequests.idempotencyKey, idempotencyKey));

/** What a call was about: the same digest, the same call. */
export const digestOf = (parameters: unknown, sha256: string) =>
  createHash("sha256")
    .update(JSON.stringify([parameters, sha256]))
    .digest("hex");

/**
 * Takes an Idempotency-Key for one attempt, of however many come at once: by its unique index. What is older than
 * a day is forgotten, and what a killed process left behind is taken over.
 * @throws {ProblemError} while another attempt is in flight
 */
export async function holdRequest(ctx: System, key: RequestKey): Promise<Held> {
  const attemptId = uuidv7();
  return await inTransaction(ctx, async ({ db }) => {
    const [ours] = await db
      .insert(apiRequests)
      .values({ ...key, attemptId, leaseUntil: lease })
      .onConflictDoUpdate({
        target: [apiRequests.apiKeyId, apiRequests.idempotencyKey],
        set: {
          attemptId,
          leaseUntil: lease,
          createdAt: sql`clock_timestamp()`,
          digest: null,
          importId: null,
        },
        setWhere: sql`(${apiRequests.importId} is null and ${apiRequests.leaseUntil} < clock_timestamp())
          or ${apiRequests.createdAt} < clock_timestamp() - make_interval(hours => ${REMEMBERED_HOURS})`,
      })
      .returning({ attemptId: apiRequests.attemptId });
    if (ours) {
      return { kind: "ours", attemptId };
    }
    const [found] = await db
      .select({ digest: apiRequests.digest, importId: apiRequests.importId })
      .from(apiRequests)
      .where(of(key));
    if (!found?.digest || !found.importId) {
      throw inFlight();
    }
    return { kind: "answered", digest: found.digest, importId: found.importId };
  });
}

/** Holds an attempt's lease for as long as `work` takes; when it fails, the next may begin at once. */
export async function whileHeld<T>(
  ctx: System,
  key: RequestKey,
  attemptId: string,
  work: () => Promise<T>,
): Promise<T> {
  const mine = and(of(key), eq(apiRequests.attemptId, attemptId));
  const renewing = setInterval(() => {
    // One that fails is made good by the next, or the lease ends and `rememberAnswer` says so.
    ctx.db
      .update(apiRequests)
      .set({ leaseUntil: lease })
      .where(mine)
      .catch(() => {});
  }, RENEW_MS);
  try {
    return await work();
  } catch (error) {
    await ctx.db.delete(apiRequests).where(and(mine, isNull(apiRequests.importId)));
    throw error;
  } finally {
    clearInterval(renewing);
  }
}

/**
 * Keeps the answer, in the transaction of what it answers.
 * @throws {ProblemError} if another attempt took over meanwhile: nothing of this one happens then
 */
export async function rememberAnswer(
  { db }: TxContext<SystemActor>,
  key: RequestKey,
  attemptId: string,
  answer: { digest: string; importId: string },
): Promise<void> {
  const kept = await db
    .update(apiRequests)
    .set(answer)
    .where(and(of(key), eq(apiRequests.attemptId, attemptId)))
    .returning({ attemptId: apiRequests.attemptId });
  if (kept.length === 0) {
    throw inFlight();
  }
}

const inFlight = () =>
  new ProblemError(
    "in_flight",
    "A call with this Idempotency-Key is still being answered; ask again in a few seconds.",
    { headers: { "Retry-After": "5" } },
  );
