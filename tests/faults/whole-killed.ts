import { createServer, connect as dial } from "node:net";
import type { Fault } from "./fault";
import { soon, startWeb, type WebProcess } from "./whole-processes";
import {
  type Answered,
  ask,
  type Customer,
  filled,
  formOf,
  question,
  questionRows,
  wholeWorld,
} from "./whole-world";

const LANES = 6;

/** How often somebody sends a form again that was not answered. */
const AGAIN = 3;

/**
 * Two web processes behind a proxy, forms without pause, and again and again one is killed in the middle: whatever
 * was acknowledged is there, once; whatever was not is whole or absent, and sent again it is there once.
 */
export const wholeKilled: Fault = async ({ urls, quick, seed }) => {
  const kills = quick ? 4 : 20;
  const world = await wholeWorld(urls, 1);
  // Of all addresses together a thousand questions an hour are taken; here nobody counts.
  await world.truth.sql`create or replace function never_count() returns trigger language plpgsql
    as $$ begin new.points := 0; return new; end $$`;
  await world.truth.sql`create trigger never_count before insert or update on rate_limits
    for each row execute function never_count()`;
  const begin = () => startWeb(world.folder, { env: { ...world.env, APP_URL: front.url } });
  const webs: (WebProcess | null)[] = [null, null];
  const front = await balancer(() => webs.flatMap((web) => (web ? [new URL(web.url).port] : [])));
  const wrong: string[] = [];
  const sent: { message: string; answer: Answered; again: number }[] = [];
  let over = false;
  try {
    webs[0] = await begin();
    webs[1] = await begin();
    const { company } = world.customers[0] as Customer;
    const hidden = await formOf(`${front.url}/contact`, 'name="message"');
    const lanes = Array.from({ length: LANES }, async (_, lane) => {
      for (let at = 0; !over; at += 1) {
        const message = `Domanda ${lane}-${at} di ${seed}`;
        const body = filled(hidden, question(company, message));
        const send = () => ask(`${front.url}/contact`, { method: "POST", body });
        let answer = await send();
        let again = 0;
        for (; answer.status === 0 && again < AGAIN; again += 1) {
          await soon(20);
          answer = await send();
        }
        sent.push({ message, answer, again });
      }
    });
    for (let kill = 0; kill < kills; kill += 1) {
      const at = (kill + seed) % 2;
      const before = sent.length;
      // In the middle of work: once so many more are through.
      while (sent.length < before + 6 + ((seed + kill * 7) % 12)) {
        await soon(5);
      }
      const victim = webs[at] as WebProcess;
      victim.kill("SIGKILL");
      await victim.ended;
      webs[at] = null;
      webs[at] = await begin();
    }
    over = true;
    await Promise.all(lanes);
    const counts = { lost: 0, doubled: 0, unacknowledged: 0, whole: 0, again: 0 };
    for (const { message, answer, again } of sent) {
      counts.again += again > 0 ? 1 : 0;
      const { rows, audited } = await questionRows(world, message);
      const acknowledged = answer.status === 303;
      counts.lost += acknowledged && rows === 0 ? 1 : 0;
      counts.doubled += Math.max(0, rows - 1);
      counts.unacknowledged += acknowledged ? 0 : 1;
      counts.whole += !acknowledged && rows === 1 ? 1 : 0;
      if (rows !== audited) {
        wrong.push(`a question has ${rows} rows and ${audited} lines of the audit log`);
      }
    }
    if (counts.again === 0) {
      wrong.push("no form was cut off: the test shows nothing");
    }
    const refused = sent.filter(({ answer }) => answer.status !== 303 && answer.status !== 0);
    if (refused.length > 0) {
      const { status, body } = (refused[0] as (typeof sent)[0]).answer;
      wrong.push(
        `${refused.length} times ${status}: ${body.replace(/<[^>]*>|\s+/g, " ").slice(0, 200)}`,
      );
    }
    return {
      name: "whole-killed",
      tries: sent.length,
      ...{ lost: counts.lost, doubled: counts.doubled, wrong },
      met: `${kills} web processes killed; ${counts.again} forms cut off and sent again; ${sent.length - counts.unacknowledged} forms acknowledged, ${counts.unacknowledged} not, of which ${counts.whole} are whole and the rest absent`,
    };
  } finally {
    over = true;
    for (const web of webs) {
      web?.kill("SIGKILL");
    }
    await front.close();
    await world.close();
  }
};

/** Spreads connections over the ports there are; what breaks behind it breaks before it. */
async function balancer(ports: () => string[]): Promise<{ url: string; close(): Promise<void> }> {
  let turn = 0;
  const server = createServer((near) => {
    const known = ports();
    const port = known[turn++ % known.length];
    if (port === undefined) {
      near.destroy();
      return;
    }
    const far = dial(Number(port), "localhost");
    near.on("error", () => far.destroy());
    far.on("error", () => near.destroy());
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://localhost:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        setTimeout(resolve, 2_000).unref();
      }),
  };
}
