import { and, asc, eq, gt, inArray, isNull, lt, or, sql } from "drizzle-orm";
import { webhookDeliveries, webhookEndpoints, webhookSecrets } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { unseal } from "@/lib/auth/sealed";
import { log } from "@/lib/log";
import { post } from "../post";
import { ANSWER_MS, delayAfter, KEPT_DAYS } from "../rules";
import { signedHeaders } from "../signature";

type System = Context<SystemActor>;

/** Deliveries that are under way at once. */
const AT_ONCE = 8;
/** Seconds after which another worker takes what this one had: an answer comes sooner, or never. */
const LEASE_SECONDS = 60;

export interface Delivered {
  delivered: number;
  failed: number;
}

/**
 * Tells endpoints what they have not got yet, and tries again what they did not take when its time has come. Several
 * workers share the work. At least once: a worker that is killed between an answer and its note tells it again.
 */
export async function deliverWebhooks(ctx: System, stop: AbortSignal): Promise<Delivered> {
  const sum = { delivered: 0, failed: 0 };
  while (!stop.aborted) {
    const taken = await takeDue(ctx);
    if (taken.length === 0) {
      break;
    }
    const secrets = await secretsOf(ctx, [...new Set(taken.map(({ endpointId }) => endpointId))]);
    const answers = await Promise.all(
      taken.map((one) => deliverOne(ctx, one, secrets.get(one.endpointId) ?? [])),
    );
    sum.delivered += answers.filter(Boolean).length;
    sum.failed += answers.filter((answer) => !answer).length;
  }
  await forgetOld(ctx);
  return sum;
}

type Due = Awaited<ReturnType<typeof takeDue>>[number];

/** Takes deliveries that are due, oldest first; no other worker has them until the lease is over. */
async function takeDue(ctx: System) {
  return await inTransaction(ctx, async ({ db }) => {
    const due = db
      .select({ id: webhookDeliveries.id })
      .from(webhookDeliveries)
      .where(
        and(
          isNull(webhookDeliveries.deliveredAt),
          isNull(webhookDeliveries.givenUpAt),
          lt(webhookDeliveries.nextAttemptAt, sql`clock_timestamp()`),
        ),
      )
      .orderBy(asc(webhookDeliveries.nextAttemptAt))
      .limit(AT_ONCE)
      .for("update", { skipLocked: true });
    const taken = await db
      .update(webhookDeliveries)
      .set({
        attempts: sql`${webhookDeliveries.attempts} + 1`,
        nextAttemptAt: sql`clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})`,
      })
      .where(inArray(webhookDeliveries.id, due))
      .returning({
        id: webhookDeliveries.id,
        endpointId: webhookDeliveries.endpointId,
        event: webhookDeliveries.event,
        payload: webhookDeliveries.payload,
        attempts: webhookDeliveries.attempts,
      });
    const endpoints = await db
      .select({ id: webhookEndpoints.id, url: webhookEndpoints.url })
      .from(webhookEndpoints)
      .where(
        inArray(
          webhookEndpoints.id,
          taken.map(({ endpointId }) => endpointId),
        ),
      );
    const urls = new Map(endpoints.map(({ id, url }) => [id, url]));
    return taken.map((one) => ({ ...one, url: urls.get(one.endpointId) ?? "" }));
  });
}

/** What each endpoint's deliveries are signed with, the newest first. */
async function secretsOf({ db }: System, endpointIds: string[]): Promise<Map<string, string[]>> {
  const rows = await db
    .select({ endpointId: webhookSecrets.endpointId, secret: webhookSecrets.secret })
    .from(webhookSecrets)
    .where(
      and(
        inArray(webhookSecrets.endpointId, endpointIds),
        or(isNull(webhookSecrets.retiresAt), gt(webhookSecrets.retiresAt, sql`clock_timestamp()`)),
      ),
    )
    .orderBy(sql`${webhookSecrets.id} desc`);
  const secrets = new Map<string, string[]>();
  for (const { endpointId, secret } of rows) {
    secrets.set(endpointId, [...(secrets.get(endpointId) ?? []), unseal(secret)]);
  }
  return secrets;
}

async function deliverOne(ctx: System, due: Due, secrets: string[]): Promise<boolean> {
  const { id, endpointId, event, payload, attempts, url } = due;
  const body = JSON.stringify(payload);
  const timestamp = Math.floor(Date.now() / 1000);
  const headers = signedHeaders({ id, timestamp, body }, secrets);
  // Removed meanwhile: nothing would vouch for it.
  const { taken, answer } =
    secrets.length === 0
      ? { taken: false, answer: "no secret" }
      : await post(url, { body, headers }, ANSWER_MS);
  const delay = taken ? null : delayAfter(attempts);
  await ctx.db
    .update(webhookDeliveries)
    .set({
      lastAnswer: answer,
      ...(taken ? { deliveredAt: sql`clock_timestamp()` } : {}),
      ...(taken || delay !== null ? {} : { givenUpAt: sql`clock_timestamp()` }),
      ...(delay === null
        ? {}
        : { nextAttemptAt: sql`clock_timestamp() + make_interval(secs => ${delay})` }),
    })
    .where(eq(webhookDeliveries.id, id));
  if (!taken) {
    const givenUp = delay === null;
    log.warn({ endpointId, deliveryId: id, event, attempts, answer, givenUp }, "webhook not taken");
  }
  return taken;
}

async function forgetOld({ db }: System): Promise<void> {
  await db
    .delete(webhookDeliveries)
    .where(
      lt(
        sql`coalesce(${webhookDeliveries.deliveredAt}, ${webhookDeliveries.givenUpAt})`,
        sql`clock_timestamp() - make_interval(days => ${KEPT_DAYS})`,
      ),
    );
  await db.delete(webhookSecrets).where(lt(webhookSecrets.retiresAt, sql`clock_timestamp()`));
}
