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

/** Deliveries that are under way at once to one endpoint. */
const AT_ONCE = 4;
/** Seconds after which another worker takes what this one had: an answer comes sooner, or never. */
const LEASE_SECONDS = 60;
/** After which no further delivery begins: what is left waits for the next minute's job, not beside it. */
const PASS_MS = 40_000;

export interface Delivered {
  delivered: number;
  failed: number;
}

/**
 * Tells endpoints what they have not got yet, and tries again what they did not take when its time has come. Each
 * endpoint has a lane of its own, which ends with the first thing that it does not take: one that is dead holds up
 * nobody else. Several workers share the work. At least once: a worker that is killed between an answer and its note
 * tells it again.
 */
export async function deliverWebhooks(ctx: System, stop: AbortSignal): Promise<Delivered> {
  const until = AbortSignal.any([stop, AbortSignal.timeout(PASS_MS)]);
  const endpointIds = await endpointsWithDue(ctx);
  const lanes = await Promise.allSettled(endpointIds.map((id) => deliverTo(ctx, id, until)));
  await forgetOld(ctx);
  const sum = { delivered: 0, failed: 0 };
  for (const lane of lanes) {
    if (lane.status === "rejected") {
      throw lane.reason;
    }
    sum.delivered += lane.value.delivered;
    sum.failed += lane.value.failed;
  }
  return sum;
}

/** Delivers to one endpoint until there is no more, it does not take something, or the time is over. */
async function deliverTo(ctx: System, endpointId: string, until: AbortSignal): Promise<Delivered> {
  const sum = { delivered: 0, failed: 0 };
  while (!until.aborted && sum.failed === 0) {
    const taken = await takeDue(ctx, endpointId);
    if (taken.length === 0) {
      break;
    }
    const secrets = await secretsOf(ctx, endpointId);
    const answers = await Promise.all(taken.map((one) => deliverOne(ctx, one, secrets)));
    sum.delivered += answers.filter(Boolean).length;
    sum.failed += answers.filter((answer) => !answer).length;
  }
  return sum;
}

const DUE = and(
  isNull(webhookDeliveries.deliveredAt),
  isNull(webhookDeliveries.givenUpAt),
  lt(webhookDeliveries.nextAttemptAt, sql`clock_timestamp()`),
);

async function endpointsWithDue({ db }: System): Promise<string[]> {
  const rows = await db
    .selectDistinct({ id: webhookDeliveries.endpointId })
    .from(webhookDeliveries)
    .where(DUE);
  return rows.map(({ id }) => id);
}

type Due = Awaited<ReturnType<typeof takeDue>>[number];

/** Takes an endpoint's deliveries that are due, oldest first; no other worker has them until the lease is over. */
async function takeDue(ctx: System, endpointId: string) {
  return await inTransaction(ctx, async ({ db }) => {
    const due = db
      .select({ id: webhookDeliveries.id })
      .from(webhookDeliveries)
      .where(and(eq(webhookDeliveries.endpointId, endpointId), DUE))
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
        event: webhookDeliveries.event,
        payload: webhookDeliveries.payload,
        attempts: webhookDeliveries.attempts,
      });
    const [endpoint] = await db
      .select({ url: webhookEndpoints.url })
      .from(webhookEndpoints)
      .where(eq(webhookEndpoints.id, endpointId));
    return taken.map((one) => ({ ...one, endpointId, url: endpoint?.url ?? "" }));
  });
}

/** What an endpoint's deliveries are signed with, the newest first. */
async function secretsOf({ db }: System, endpointId: string): Promise<string[]> {
  const rows = await db
    .select({ secret: webhookSecrets.secret })
    .from(webhookSecrets)
    .where(
      and(
        eq(webhookSecrets.endpointId, endpointId),
        or(isNull(webhookSecrets.retiresAt), gt(webhookSecrets.retiresAt, sql`clock_timestamp()`)),
      ),
    )
    .orderBy(sql`${webhookSecrets.id} desc`);
  return rows.map(({ secret }) => unseal(secret));
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
