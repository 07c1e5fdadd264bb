import { diceFor } from "@/db/seed/dice";
import { SENDER_POINTS } from "@/lib/mail/sender-points";
import { type Fault, type FaultRow, inShort } from "./fault";
import type { MailWorker } from "./mail-worker";
import { type MailWorld, mailWorld } from "./mail-world";

/** Leases short enough for a run of many kills; each is long against a request here. */
const LEASE_SECONDS = 2;
/** Workers at work at a time. */
const TOGETHER = 2;

/**
 * R17: workers that are killed at random moments, and at each named point of the sender, while mail goes
 * out: every bill arrives, none twice.
 */
export const sendKilled: Fault = async ({ urls, quick, seed }): Promise<FaultRow> => {
  const dice = diceFor(`send-killed ${seed}`);
  const random = quick ? inShort(2, 6) : 200;
  const perPoint = quick ? 1 : 3;
  const mails = quick ? inShort(1_500, 3_000) : 100_000;
  const world = await mailWorld(urls, { seed, latencyMs: 15 });
  const points = SENDER_POINTS.flatMap((point) =>
    Array.from({ length: perPoint }, () => ({ point, nth: dice.whole(1, 4) })),
  );
  try {
    const kills = [
      ...points.map((killAt) => ({ killAt })),
      ...Array.from({ length: random }, () => ({ afterMs: dice.between(20, 600) })),
    ].sort(() => dice.roll() - 0.5);
    // In parcels, so that there is something to send until the last kill.
    const parcel = Math.ceil(mails / 20);
    let queued = 0;
    const met: Record<string, number> = {};
    const lane = async () => {
      for (let kill = kills.pop(); kill; kill = kills.pop()) {
        if (queued < mails && (await world.open()) < parcel) {
          queued += parcel;
          await world.queue(parcel);
        }
        const killed = await killOne(world, kill);
        met[killed] = (met[killed] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: TOGETHER }, lane));
    if (queued < mails) {
      await world.queue(mails - queued);
    }
    const last = await world.worker({ leaseSeconds: LEASE_SECONDS });
    const sent = await world.untilSent(quick ? 60_000 : 300_000);
    last.kill("SIGTERM");
    await last.ended;
    const { lost, doubled, wrong, taken } = await world.check();
    const facts = await world.provider.facts();
    if (!sent) {
      wrong.push(`${await world.open()} mails were not sent in time`);
    }
    for (const point of SENDER_POINTS) {
      if (!met[point]) {
        wrong.push(`nobody was killed ${point}`);
      }
    }
    return {
      name: "send-killed",
      tries: random + points.length,
      lost,
      doubled,
      wrong,
      met: `${taken} mails, ${facts.requests} requests of which ${facts.repeated} repeated; killed ${met.random ?? 0} times at random, ${points.length} at ${SENDER_POINTS.length} points`,
    };
  } finally {
    await world.close();
  }
};

type Kill = { killAt?: { point: (typeof SENDER_POINTS)[number]; nth: number }; afterMs?: number };

async function killOne(world: MailWorld, { killAt, afterMs }: Kill): Promise<string> {
  const worker: MailWorker = await world.worker({ leaseSeconds: LEASE_SECONDS, killAt });
  if (killAt) {
    // With nothing left to send it would never come there.
    for (let waited = 0; waited < 100; waited += 1) {
      const gone = await Promise.race([worker.ended.then(() => true), pause(200)]);
      if (gone) {
        return killAt.point;
      }
      if ((await world.open()) < 500) {
        await world.queue(1_000);
      }
    }
    worker.kill();
    await worker.ended;
    return "nowhere";
  }
  await pause(afterMs ?? 0);
  worker.kill();
  await worker.ended;
  return "random";
}

const pause = (ms: number) => new Promise<false>((resolve) => setTimeout(() => resolve(false), ms));
