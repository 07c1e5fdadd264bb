import { setTimeout as sleep } from "node:timers/promises";
import { forgetDeletedAddresses } from "@/lib/accounts/commands/forget-addresses";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { giveBack, settleBatch } from "@/lib/dispatches/commands/settle-batch";
import { type Taken, type TakenBatch, takeBatch } from "@/lib/dispatches/commands/take-batch";
import { msUntilWork } from "@/lib/dispatches/queries/bill-mail";
import { LEASE_SECONDS } from "@/lib/dispatches/rules";
import { log } from "@/lib/log";
import { underIds } from "@/lib/log-context";
import { forgetMark, keepMark } from "@/lib/mail/commands/keep-mark";
import { learnPace } from "@/lib/mail/commands/pace";
import { dueProbe } from "@/lib/mail/commands/pause";
import { giveBackMail, settleAccountMail } from "@/lib/mail/commands/settle-account-mail";
import { type TakenMail, takeAccountMail } from "@/lib/mail/commands/take-account-mail";
import type { ProviderAnswer } from "@/lib/mail/outcome";
import { sendMail, sendMails } from "@/lib/mail/resend";
import type { AtPoint } from "@/lib/mail/sender-points";
import { liftProviderSuppression } from "@/lib/mail/sent-mails";
import { metrics } from "@/lib/operations/metrics/registry";
import { traced } from "@/lib/operations/tracing";

/** Requests of one process that may be under way at the same time: the provider takes its time. */
const LANES = 6;
/** Past this a drain ends; the next one goes on. */
const LONGEST_MS = 3 * 60_000;
/** A batch that may be tried again so soon, or a pause that may end, is waited for. */
const PATIENCE_MS = 10_000;
/** How often a lane, while there is enough to do, looks for what goes before it. */
const LOOK_AROUND_MS = 200;

export interface DrainOptions {
  /** Ends the drain: nothing further is taken, and what waits for its place in line is given back. */
  stop?: AbortSignal;
  longestMs?: number;
  lanes?: number;
  leaseSeconds?: number;
  at?: AtPoint;
}

export interface Drained {
  /** Batches of bills, and mails about accounts, that the provider took. */
  batches: number;
  mails: number;
}

/**
 * Sends whatever is queued until nothing is left, nothing may be sent for now, or the time is up: mails
 * about accounts, for which people wait, before bills. Its lanes share the work with each other and with
 * every other process's, and all of them the provider's pace (R17). A lane that finds work opens the next.
 */
export async function drainMails(
  ctx: Context<SystemActor>,
  options: DrainOptions = {},
): Promise<Drained> {
  const { stop, longestMs = LONGEST_MS, lanes = LANES } = options;
  const end = AbortSignal.any([AbortSignal.timeout(longestMs), ...(stop ? [stop] : [])]);
  const failures: unknown[] = [];
  const drain = {
    ...{ ctx, end, options, failures },
    done: { batches: 0, mails: 0 },
    lookedAt: -LOOK_AROUND_MS,
  };
  const open = new Set<Promise<void>>();
  const openLane = () => {
    if (open.size < lanes && !end.aborted && failures.length === 0) {
      const lane = runLane(drain, openLane)
        .catch((failure: unknown) => {
          // At once: what answers the other lanes from now on may be a restored database.
          forgetMark(ctx);
          failures.push(failure);
        })
        .finally(() => open.delete(lane));
      open.add(lane);
    }
  };
  await keepMark(ctx);
  openLane();
  // A lane that fails leaves what it held to its lease; the others end with what they have in hand.
  while (open.size > 0) {
    await Promise.all(open);
  }
  if (failures.length > 0) {
    throw failures[0];
  }
  if (drain.done.batches > 0) {
    await forgetDeletedAddresses(ctx);
  }
  return drain.done;
}

interface Drain {
  ctx: Context<SystemActor>;
  end: AbortSignal;
  options: DrainOptions;
  done: Drained;
  /** Why lanes have ended before their time; the others take nothing further then. */
  failures: readonly unknown[];
  /** When a lane last looked around, on this process's clock. */
  lookedAt: number;
}

async function runLane(drain: Drain, openNext: () => void): Promise<void> {
  const { ctx, end, failures } = drain;
  while (!end.aborted && failures.length === 0) {
    const work = await takeWork(drain);
    if (work === "passed") {
      continue;
    }
    if (work) {
      openNext();
      await work();
      continue;
    }
    const ms = await msUntilWork(ctx);
    if (ms === null || ms > PATIENCE_MS) {
      return;
    }
    await pause(Math.max(ms, 20), end);
  }
}

type Work = (() => Promise<void>) | "passed" | null;

/**
 * What there is to do next, taken and not begun: a mail for which somebody waits, a batch that is due for
 * another attempt, else a new one. The first two are looked for a few times a second only: there is little
 * of them, and much of the last.
 */
async function takeWork(drain: Drain): Promise<Work> {
  const { ctx, options } = drain;
  const { leaseSeconds = LEASE_SECONDS, at } = options;
  const now = performance.now();
  if (now - drain.lookedAt < LOOK_AROUND_MS) {
    const batch = await takeBatch(ctx, { leaseSeconds, at, again: false });
    if (batch !== null) {
      return workOf(drain, batch);
    }
  }
  drain.lookedAt = now;
  await keepMark(ctx);
  const probe = await dueProbe(ctx);
  const mail = await takeAccountMail(ctx, { probe, leaseSeconds });
  if (mail !== null) {
    return mail === "passed" ? mail : () => sendTakenMail(drain, mail.mail);
  }
  return workOf(drain, await takeBatch(ctx, { probe, leaseSeconds, at }));
}

const workOf = (drain: Drain, batch: Taken): Work =>
  batch === null || batch === "passed"
    ? batch
    : () =>
        underIds({ batch: batch.batch.id }, () =>
          traced("send_batch", () => sendTakenBatch(drain, batch.batch)),
        );

async function sendTakenBatch(
  { ctx, end, done, options: { at = () => {} } }: Drain,
  batch: TakenBatch,
): Promise<void> {
  if (!(await pause(batch.waitMs, end))) {
    return await giveBack(ctx, batch);
  }
  await at("before post");
  const posted = sendMails(batch.id, { bytes: batch.bytes, count: batch.mails.length });
  await at("after post");
  const answer = await posted;
  await at("before answer");
  await learnPace(ctx, answer);
  await at("after answer");
  await at("before mark");
  const held = await settleBatch(ctx, batch, answer.outcome);
  await at("after mark");
  const { id, companyId, attempts, mails } = batch;
  const fields = { batch: id, company: companyId, mails: mails.length, attempt: attempts, held };
  done.batches += tell(answer, { kind: "bill", count: mails.length }, fields);
}

async function sendTakenMail({ ctx, end, done }: Drain, mail: TakenMail): Promise<void> {
  if (!(await pause(mail.waitMs, end))) {
    return await giveBackMail(ctx, mail);
  }
  if (mail.template === "repair-address") {
    await liftProviderSuppression(mail.toEmail).catch((err: unknown) => {
      log.warn({ err, mail: mail.id }, "the provider keeps the address on its list");
    });
  }
  const answer = await sendMail(mail.id, mail.bytes);
  await learnPace(ctx, answer);
  const held = await settleAccountMail(ctx, mail, answer.outcome);
  const { id, template, attempts } = mail;
  done.mails += tell(
    answer,
    { kind: "account", count: 1 },
    { mail: id, template, attempt: attempts, held },
  );
}

/** Tells log and metrics what came of a request; 1 where the provider took it. */
function tell(
  { outcome }: ProviderAnswer,
  { kind, count }: { kind: "bill" | "account"; count: number },
  fields: Record<string, unknown>,
): number {
  metrics().mailRequests.inc({ kind, outcome: outcome.kind });
  if (outcome.kind === "accepted") {
    const rejected = outcome.rejected.size;
    metrics().mails.inc({ kind, outcome: "accepted" }, count - rejected);
    metrics().mails.inc({ kind, outcome: "rejected" }, rejected);
    log.info({ ...fields, rejected }, "mail sent");
    return 1;
  }
  const reason = "reason" in outcome ? outcome.reason : "rate_limit";
  log.warn({ ...fields, outcome: outcome.kind, reason }, "mail not sent");
  return 0;
}

/** Waits; false when the drain ended meanwhile. */
export async function pause(ms: number, end: AbortSignal): Promise<boolean> {
  if (ms > 0) {
    await sleep(ms, undefined, { signal: end }).catch(() => {});
  }
  return !end.aborted;
}
