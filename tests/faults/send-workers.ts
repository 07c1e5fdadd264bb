import { diceFor } from "@/db/seed/dice";
import { type Fault, inShort } from "./fault";
import { type MailWorld, mailWorld } from "./mail-world";
import { LEASE_SECONDS, rowOf, sendAll } from "./send-all";

/** Until a killed worker's work is done with the leases of production, in milliseconds. */
const RESUMED_WITHIN_MS = 30_000;
/** How long a worker may take to end when it is told to, in milliseconds. */
const STOPPED_WITHIN_MS = 10_000;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** R17: four workers, the clock of one ahead by ten minutes, of another behind; the database's counts. */
export const sendClock: Fault = async ({ urls, quick, seed }) => {
  const world = await mailWorld(urls, {
    seed,
    latencyMs: 15,
    faults: [
      { kind: "reset-after", count: 1 },
      { kind: "429", count: 1 },
      { kind: "hang-after", count: 1 },
      { kind: "reset-after", share: 0.1 },
      { kind: "429", share: 0.1 },
    ],
  });
  try {
    await world.queue(quick ? 2_000 : 20_000);
    return await sendAll(world, {
      name: "send-clock",
      withinMs: 240_000,
      workers: [{ clockAheadMs: 600_000 }, { clockAheadMs: -600_000 }, {}, {}],
    });
  } finally {
    await world.close();
  }
};

/**
 * R17: a worker stands still past its leases, perhaps with rows locked, which PostgreSQL ends after 20 s, with requests under way, and goes on when another has long
 * done its work: what it then wants to note is refused.
 */
export const sendFrozen: Fault = async ({ urls, quick, seed }) => {
  const dice = diceFor(`send-frozen ${seed}`);
  const world = await mailWorld(urls, { seed, latencyMs: 60 });
  const rounds = quick ? 2 : 15;
  const wrong: string[] = [];
  let underWay = 0;
  try {
    const frozen = await world.worker({ leaseSeconds: LEASE_SECONDS });
    for (let round = 0; round < rounds; round += 1) {
      underWay += await freezeAtWork(world, frozen, dice);
      const other = await world.worker({ leaseSeconds: LEASE_SECONDS });
      if (!(await world.untilSent(90_000))) {
        wrong.push(`${await world.open()} mails were not sent in time`);
      }
      frozen.kill("SIGCONT");
      await pause(500);
      other.kill("SIGTERM");
      await other.ended;
    }
    frozen.kill("SIGTERM");
    await frozen.ended;
    const row = await rowOf(world, "send-frozen", wrong);
    row.met = `${row.met}; frozen ${rounds} times with ${underWay} batches under way`;
    row.tries = rounds;
    return row;
  } finally {
    await world.close();
  }
};

/**
 * R17: with the leases of production a worker is killed, and what it had in hand is taken by the provider,
 * once, within thirty seconds.
 */
export const sendResume: Fault = async ({ urls, quick, seed }) => {
  const dice = diceFor(`send-resume ${seed}`);
  const world = await mailWorld(urls, { seed, latencyMs: 300 });
  const rounds = quick ? 1 : 10;
  const took: number[] = [];
  const wrong: string[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      await world.queue(4_000);
      const killed = await world.worker();
      while ((await heldBatches(world)).length < 3) {
        await pause(20);
      }
      await pause(dice.between(0, 300));
      killed.kill();
      await killed.ended;
      const held = await heldBatches(world);
      const since = performance.now();
      const other = await world.worker();
      while ((await stillUnderWay(world, held)) > 0 && performance.now() - since < 60_000) {
        await pause(50);
      }
      took.push(performance.now() - since);
      if (held.length === 0) {
        wrong.push("the killed worker had nothing in hand");
      }
      await world.untilSent(60_000);
      other.kill("SIGTERM");
      await other.ended;
    }
    const longest = Math.max(...took);
    if (longest > RESUMED_WITHIN_MS) {
      wrong.push(`work was resumed after ${(longest / 1000).toFixed(1)} s`);
    }
    const row = await rowOf(world, "send-resume", wrong);
    row.met = `${row.met}; killed ${rounds} times, all of it taken ${(longest / 1000).toFixed(1)} s later at the latest`;
    row.tries = rounds;
    return row;
  } finally {
    await world.close();
  }
};

/** R17: the whole worker is told to end while it sends: it does within ten seconds, and says that all is well. */
export const sendSigterm: Fault = async ({ urls, quick, seed }) => {
  const dice = diceFor(`send-sigterm ${seed}`);
  const world = await mailWorld(urls, { seed, latencyMs: 60 });
  const rounds = quick ? inShort(2, 3) : 100;
  const wrong: string[] = [];
  let longest = 0;
  let busy = 0;
  try {
    for (let round = 0; round < rounds; round += 1) {
      if ((await world.open()) < 3_000) {
        await world.queue(4_000);
      }
      const worker = await world.worker({ whole: true });
      await pause(dice.between(0, 800));
      busy += (await heldBatches(world)).length > 0 ? 1 : 0;
      const since = performance.now();
      worker.kill("SIGTERM");
      const how = await worker.ended;
      const ms = performance.now() - since;
      longest = Math.max(longest, ms);
      if (how !== 0 || ms > STOPPED_WITHIN_MS) {
        wrong.push(`it ended with ${how} after ${(ms / 1000).toFixed(1)} s`);
      }
      const left = await heldBatches(world);
      if (left.length > 0) {
        wrong.push(`${left.length} batches were left to their leases`);
      }
    }
    const last = await world.worker({ leaseSeconds: LEASE_SECONDS });
    await world.untilSent(60_000);
    last.kill("SIGTERM");
    await last.ended;
    const row = await rowOf(world, "send-sigterm", wrong);
    row.met = `${row.met}; told ${rounds} times, ${busy} times with mails under way, gone ${(longest / 1000).toFixed(1)} s later at the latest`;
    row.tries = rounds;
    return row;
  } finally {
    await world.close();
  }
};

/** Stops a worker while it has batches under way; how many. Where it was faster it goes on, with more to do. */
async function freezeAtWork(
  world: MailWorld,
  worker: Awaited<ReturnType<MailWorld["worker"]>>,
  dice: ReturnType<typeof diceFor>,
): Promise<number> {
  for (;;) {
    await world.queue(2_000);
    while ((await heldBatches(world)).length === 0 && (await world.open()) > 0) {
      await pause(5);
    }
    await pause(dice.between(0, 200));
    worker.kill("SIGSTOP");
    const held = await heldBatches(world);
    if (held.length > 0) {
      return held.length;
    }
    worker.kill("SIGCONT");
  }
}

/** Batches that somebody holds by a lease. */
async function heldBatches({ sql }: MailWorld): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from dispatch_batches where state = 'frozen' and lease_until > clock_timestamp()`;
  return rows.map(({ id }) => id);
}

async function stillUnderWay({ sql }: MailWorld, ids: string[]): Promise<number> {
  const [row] = await sql<{ open: number }[]>`
    select count(*)::int as open from dispatch_batches
    where id = any(${ids}) and state = 'frozen'`;
  return row?.open ?? 0;
}
