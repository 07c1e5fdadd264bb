import type { ArmedFault } from "../provider/settings";
import { type Fault, inShort } from "./fault";
import { mailWorld, POISONED_OF } from "./mail-world";
import { LEASE_SECONDS, rowOf, sendAll } from "./send-all";

const HOUR_MS = 3600_000;

/**
 * R17: the provider fails in one way or another, again and again; every bill arrives, none twice. Each
 * fault is met once at the least, and that it was is part of the promise. The time is that of the pauses after seven
 * faults in a row, which a batch meets now and then.
 */
const provided =
  (name: string, faults: ArmedFault[], mails = 5_000): Fault =>
  async ({ urls, quick, seed }) => {
    const once = faults.map(({ kind }) => ({ kind, count: 1 }));
    const world = await mailWorld(urls, { seed, faults: [...once, ...faults], latencyMs: 5 });
    try {
      await world.queue(quick ? Math.min(mails, inShort(400, 800)) : mails);
      const row = await sendAll(world, { name, withinMs: quick ? 150_000 : 240_000 });
      const met = (await world.provider.facts()).faults;
      const missed = faults.filter(({ kind }) => !met[kind]);
      row.wrong.push(...missed.map(({ kind }) => `no request met ${kind}`));
      return row;
    } finally {
      await world.close();
    }
  };

export const send429 = provided("send-429", [{ kind: "429", share: 0.3 }]);
export const send500 = provided("send-500", [
  { kind: "500", share: 0.15 },
  { kind: "500-after", share: 0.15 },
]);
export const sendHang = provided(
  "send-hang",
  [
    { kind: "hang-before", share: 0.3, count: 3 },
    { kind: "hang-after", share: 0.3, count: 3 },
  ],
  2_000,
);
export const sendReset = provided("send-reset", [
  { kind: "reset-after", share: 0.25 },
  { kind: "reset-before", share: 0.1 },
]);
export const sendBroken = provided("send-broken", [
  { kind: "broken", share: 0.15 },
  { kind: "truncated", share: 0.15 },
]);

/** R17: of a hundred addresses one is poison: that bill fails, alone, and every other arrives. */
export const sendPoisoned: Fault = async ({ urls, quick, seed }) => {
  const world = await mailWorld(urls, { seed });
  try {
    await world.queue(quick ? inShort(500, 1_000) : 20_000, POISONED_OF);
    return await sendAll(world, { name: "send-poisoned", withinMs: 120_000 });
  } finally {
    await world.close();
  }
};

/** R17: a limit of the account that is met: nobody is lost, and hardly a request is wasted. */
export const sendLimit: Fault = async ({ urls, quick, seed }) => {
  const perSecond = 10;
  const world = await mailWorld(urls, { seed, perSecond, latencyMs: 30 });
  try {
    const mails = quick ? 4_000 : 20_000;
    await world.queue(mails);
    const start = performance.now();
    const row = await sendAll(world, { name: "send-limit", withinMs: 300_000 });
    const seconds = (performance.now() - start) / 1000;
    const { tooMany } = await world.provider.facts();
    // Six lanes begin before the first answer names the limit; later a second of ours is not quite theirs.
    if (tooMany > 12 + 0.1 * row.tries) {
      row.wrong.push(`${tooMany} of ${row.tries} requests were too many`);
    }
    row.met += `; ${tooMany} too many, ${seconds.toFixed(0)} s of ${mails / 100 / perSecond} the limit asks for`;
    return row;
  } finally {
    await world.close();
  }
};

/** R17: the key is revoked, then the quota used up: sending pauses, says so, and goes on exactly. */
export const sendPaused: Fault = async ({ urls, quick, seed }) => {
  const mails = quick ? 1_000 : 10_000;
  const settleMs = quick ? inShort(1_500, 3_000) : 3_000;
  const world = await mailWorld(urls, {
    seed,
    latencyMs: 5,
    quota: Math.floor(mails / 3 / 100) * 100,
  });
  const wrong: string[] = [];
  try {
    await world.queue(mails);
    const worker = await world.worker({ leaseSeconds: LEASE_SECONDS });
    const pausedBy = async (reason: string) => {
      for (let tries = 0; tries < 200; tries += 1) {
        const [pause] = await world.sql`select from sending_pauses
          where ended_at is null and company_id is null and reason = ${reason}`;
        if (pause) {
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      wrong.push(`sending was not paused by ${reason}`);
    };
    const quiet = async () => {
      // Other lanes had their requests under way when the first heard of it.
      await new Promise((resolve) => setTimeout(resolve, settleMs));
      const before = (await world.provider.facts()).requests;
      await new Promise((resolve) => setTimeout(resolve, settleMs));
      const asked = (await world.provider.facts()).requests - before;
      if (asked > 0) {
        wrong.push(`${asked} requests during a pause`);
      }
    };
    const probe = () => world.sql`update sending_pauses set probe_at = clock_timestamp()
      where ended_at is null`;
    await pausedBy("daily_quota_exceeded");
    await quiet();
    await world.provider.set({ quota: null });
    await world.provider.faults([{ kind: "key-revoked" }]);
    await probe();
    await pausedBy("invalid_api_key");
    await quiet();
    await world.provider.faults([]);
    await probe();
    if (!(await world.untilSent(120_000))) {
      wrong.push(`${await world.open()} mails were not sent in time`);
    }
    const [told] = await world.sql<{ paused: number; resumed: number }[]>`
      select (count(*) filter (where action = 'paused_sending'))::int as paused,
        (count(*) filter (where action = 'resumed_sending'))::int as resumed from audit_log`;
    if (told?.paused !== told?.resumed || told?.paused === 0) {
      wrong.push(`${told?.paused} pauses were told of, and ${told?.resumed} ends`);
    }
    worker.kill("SIGTERM");
    await worker.ended;
    return await rowOf(world, "send-paused", wrong);
  } finally {
    await world.close();
  }
};

/**
 * R17: the provider cannot be reached for hours, on a clock that is moved on. What was tried before is
 * repeated under its key while that lives; past that it is set aside, and the provider's own list tells
 * what had been taken.
 */
const outage =
  (hours: number): Fault =>
  async ({ urls, quick, seed }) => {
    const mails = quick ? inShort(800, 1_500) : 5_000;
    const world = await mailWorld(urls, { seed, latencyMs: 5 });
    const wrong: string[] = [];
    try {
      await world.queue(mails);
      // The last mails before it are taken, and nobody hears of it.
      await world.provider.faults([{ kind: "reset-after", count: 4 }]);
      const worker = await world.worker({ leaseSeconds: LEASE_SECONDS });
      for (let tries = 0; tries < 300; tries += 1) {
        if (((await world.provider.facts()).faults["reset-after"] ?? 0) >= 4) {
          break;
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await world.provider.faults([{ kind: "reset-before" }]);
      for (let hour = 0; hour < hours; hour += 1) {
        await new Promise((resolve) => setTimeout(resolve, quick ? inShort(120, 250) : 1_000));
        await world.shift(HOUR_MS);
      }
      await world.provider.faults([]);
      await world.shift(0.2 * HOUR_MS);
      await world.untilSent(120_000);
      const [aside] = await world.sql<{ batches: number }[]>`
        select count(*)::int as batches from dispatch_batches where state = 'quarantined'`;
      if (hours < 23 !== (aside?.batches === 0)) {
        wrong.push(`${aside?.batches} batches were set aside after ${hours} h`);
      }
      await world.shift(HOUR_MS);
      const asked = await world.ask();
      if (!(await world.untilSent(120_000))) {
        wrong.push(`${await world.open()} mails were not sent in time`);
      }
      worker.kill("SIGTERM");
      await worker.ended;
      const row = await rowOf(world, `send-outage-${hours}h`, wrong);
      row.met += `; set aside ${aside?.batches} batches, of whose mails ${asked.taken} had been taken and ${asked.requeued} went out again`;
      return row;
    } finally {
      await world.close();
    }
  };

export const sendOutage6h = outage(6);
export const sendOutage30h = outage(30);
