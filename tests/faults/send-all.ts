import type { FaultRow } from "./fault";
import type { WorkerOptions } from "./mail-worker";
import type { MailWorld } from "./mail-world";

/** Short, so that a run is bounded, and long against a request here. */
export const LEASE_SECONDS = 2;

export interface SendAll {
  name: string;
  withinMs: number;
  /** By default two alike. */
  workers?: WorkerOptions[];
}

/** Workers that send all that is queued, and what came of it. */
export async function sendAll(
  world: MailWorld,
  { name, withinMs, workers: options = [{}, {}] }: SendAll,
): Promise<FaultRow> {
  const workers = await Promise.all(
    options.map((option) => world.worker({ leaseSeconds: LEASE_SECONDS, ...option })),
  );
  const sent = await world.untilSent(withinMs);
  await Promise.all(
    workers.map((worker) => {
      worker.kill("SIGTERM");
      return worker.ended;
    }),
  );
  return await rowOf(
    world,
    name,
    sent ? [] : [`${await world.open()} mails were not sent in time`],
  );
}

/** What the ledger and the database say in the end. */
export async function rowOf(
  world: MailWorld,
  name: string,
  more: string[] = [],
): Promise<FaultRow> {
  const { taken, lost, doubled, wrong } = await world.check();
  const { requests, repeated, faults, statuses } = await world.provider.facts();
  const met = Object.entries(faults).map(([kind, times]) => `${times} × ${kind}`);
  const answers = Object.entries(statuses).map(([status, times]) => `${status}: ${times}`);
  return {
    name,
    tries: requests,
    lost,
    doubled,
    wrong: [...wrong, ...more],
    met: `${taken} mails, ${met.join(", ") || "no fault"}; ${repeated} repeated; answers ${answers.join(", ")}`,
  };
}
