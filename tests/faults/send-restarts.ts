import { readClusterFile } from "@/db/embedded/cluster-file";
import { startEmbedded } from "@/db/embedded/launcher";
import { start, stop } from "@/db/embedded/server";
import { diceFor } from "@/db/seed/dice";
import type { Fault } from "./fault";
import { freshDatabase } from "./fresh-database";
import { type MailWorld, mailWorld } from "./mail-world";
import { LEASE_SECONDS, rowOf } from "./send-all";

/** A cluster of its own, as durable as one of production: this one is crashed. */
const DATA = ".sportello-faults/restarts";

/** How long workers may take to send again after a restart, in milliseconds. */
const BACK_WITHIN_MS = 20_000;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * R17: PostgreSQL is restarted while mail goes out, every other time without being told before
 * (`pg_ctl -m immediate`, a crash): workers go on by themselves, and nothing is lost or sent twice.
 */
export const sendRestarts: Fault = async ({ quick, seed }) => {
  const dice = diceFor(`send-restarts ${seed}`);
  const server = await startEmbedded(DATA);
  try {
    const urls = await freshDatabase(server, "fault_send_restarts");
    const world = await mailWorld(urls, { seed, latencyMs: 20 });
    try {
      const restarts = quick ? 2 : 20;
      const wrong = await restartOften(world, { restarts, dice });
      const row = await rowOf(world, "send-restarts", wrong);
      row.tries = restarts;
      row.met += `; ${restarts} restarts, ${Math.floor(restarts / 2)} of them crashes`;
      return row;
    } finally {
      await world.close();
    }
  } finally {
    await server.release();
  }
};

async function restartOften(
  world: MailWorld,
  { restarts, dice }: { restarts: number; dice: ReturnType<typeof diceFor> },
): Promise<string[]> {
  const wrong: string[] = [];
  const cluster = await readClusterFile(DATA);
  if (!cluster) {
    throw new Error("the cluster to be restarted is not there");
  }
  const workers = [
    await world.worker({ leaseSeconds: LEASE_SECONDS }),
    await world.worker({ leaseSeconds: LEASE_SECONDS }),
  ];
  for (let restart = 0; restart < restarts; restart += 1) {
    await world.queue(2_000);
    await pause(dice.between(100, 900));
    const before = await world.open();
    if (before === 0) {
      wrong.push(`nothing was under way at restart ${restart + 1}`);
    }
    await stop(cluster, restart % 2 ? "immediate" : "fast");
    await pause(dice.between(0, 700));
    const { port } = await start(DATA, cluster);
    if (port !== cluster.port) {
      throw new Error("somebody took the cluster's port");
    }
    if (!(await sentSome(world, before))) {
      wrong.push(`after restart ${restart + 1} nobody sent for ${BACK_WITHIN_MS / 1000} s`);
    }
  }
  if (!(await world.untilSent(60_000))) {
    wrong.push(`${await world.open()} mails were not sent in time`);
  }
  for (const worker of workers) {
    worker.kill("SIGTERM");
    const how = await worker.ended;
    if (how !== 0) {
      wrong.push(`a worker had ended with ${how}`);
    }
  }
  return wrong;
}

async function sentSome(world: MailWorld, before: number): Promise<boolean> {
  for (const since = Date.now(); Date.now() - since < BACK_WITHIN_MS; ) {
    const open = await world.open().catch(() => before);
    if (open < before || open === 0) {
      return true;
    }
    await pause(50);
  }
  return false;
}
