import type { Fault } from "./fault";
import { soon, startWeb, until } from "./whole-processes";
import {
  type Answered,
  ask,
  BOUND_MS,
  type Customer,
  filled,
  formOf,
  question,
  questionRows,
  SLACK_MS,
  wholeWorld,
} from "./whole-world";

/** Each answer of the database comes so late, while far more ask than there are connections. */
const SLOW_MS = 150;
const PAGES = [
  "/overview",
  "/en/bills",
  "/de/contracts",
  "/delivery",
  "/api/customer/v1/contracts",
];

/**
 * Far more requests at once than connections, each slow: past a bound they are turned away with a clear page, probes
 * answer all the while, every form is saved whole or not at all, and all is well as soon as the database is.
 */
export const wholePool: Fault = async ({ urls, quick, seed }) => {
  const world = await wholeWorld(urls, 8);
  const waves = quick ? 3 : 12;
  const perWave = quick ? 60 : 150;
  const wrong: string[] = [];
  const answers: Answered[] = [];
  const counts = { lost: 0, doubled: 0, probes: 0, untouched: 0, acknowledged: 0 };
  const web = await startWeb(world.folder, { env: world.env });
  try {
    const { company } = world.customers[0] as Customer;
    const hidden = await formOf(`${web.url}/contact`, 'name="message"');
    const sent: { message: string; answer: Answered }[] = [];
    world.proxy.be({ kind: "slow", ms: SLOW_MS });
    const collected: Promise<Answered>[] = [];
    let over = false;
    const probing = probe(web.url, () => over);
    for (let wave = 0; wave < waves; wave += 1) {
      const asked = Array.from({ length: perWave }, async (_, at) => {
        const { cookie } = world.customers[(at + seed) % world.customers.length] as Customer;
        if (at % 6 === 5) {
          const message = `Domanda numero ${wave}-${at} di ${seed}`;
          const body = filled(hidden, question(company, message));
          const answer = await ask(`${web.url}/contact`, { method: "POST", body });
          sent.push({ message, answer });
          return answer;
        }
        return await ask(`${web.url}${PAGES[at % PAGES.length]}`, { cookie });
      });
      // The next wave meets those that wait already.
      await Promise.race([Promise.all(asked), soon(1_500)]);
      collected.push(...asked);
    }
    answers.push(...(await Promise.all(collected)));
    over = true;
    const { probes, badProbes } = await probing;
    counts.probes = probes;
    wrong.push(...badProbes);
    world.proxy.be({ kind: "sound" });
    const { cookie } = world.customers[0] as Customer;
    const well = () =>
      ask(`${web.url}/overview`, { cookie }).then(
        ({ kind, status }) => kind === "ok" && status === 200,
      );
    if (!(await until(well, 20_000))) {
      wrong.push("pages did not come back once the database was quick");
    }
    for (const { message, answer } of sent) {
      const { rows, audited } = await questionRows(world, message);
      const acknowledged = answer.status === 303;
      counts.acknowledged += acknowledged ? 1 : 0;
      counts.untouched += answer.untouched ? 1 : 0;
      counts.lost += acknowledged && rows === 0 ? 1 : 0;
      counts.doubled += rows > 1 ? rows - 1 : 0;
      if (rows !== audited) {
        wrong.push(`a question has ${rows} rows and ${audited} lines of the audit log`);
      }
      if (answer.untouched && rows > 0) {
        wrong.push("a form was saved of which its page says that nothing was done");
      }
    }
    wrong.push(...unclear(answers));
    if (!answers.some(({ untouched, status }) => untouched || status === 503)) {
      wrong.push("nothing was turned away: the pool was not exhausted");
    }
  } finally {
    web.kill("SIGKILL");
    await web.ended;
    await world.close();
  }
  const shed = answers.filter(({ kind }) => kind === "clear").length;
  const longest = Math.round(Math.max(...answers.map(({ ms }) => ms)));
  return {
    name: "whole-pool",
    tries: answers.length,
    ...{ lost: counts.lost, doubled: counts.doubled, wrong },
    met: `${answers.filter(({ kind }) => kind === "ok").length} answered, ${shed} told to come back, longest ${longest} ms; ${counts.acknowledged} forms acknowledged; ${counts.probes} probes`,
  };
};

/** What was answered neither with what was asked for nor with a clear page in time, by how often. */
export function unclear(answers: Answered[]): string[] {
  const found = new Map<string, number>();
  for (const { kind, status, ms, body } of answers) {
    if (kind === "other" || kind === "none") {
      const words = `answered ${status}: ${body.replace(/\s+/g, " ").slice(0, 120)}`;
      found.set(words, (found.get(words) ?? 0) + 1);
    } else if (ms > BOUND_MS + SLACK_MS) {
      found.set("took longer than the bound", (found.get("took longer than the bound") ?? 0) + 1);
    }
  }
  return [...found].map(([words, times]) => `${times} times: ${words}`);
}

/** Asks the probes a few times a second until it is over. */
async function probe(
  url: string,
  isOver: () => boolean,
): Promise<{ probes: number; badProbes: string[] }> {
  const badProbes: string[] = [];
  let probes = 0;
  while (!isOver()) {
    const lives = await ask(`${url}/healthz`);
    const ready = await ask(`${url}/readyz`);
    probes += 2;
    if (lives.status !== 200) {
      badProbes.push(`/healthz answered ${lives.status} ${lives.body.slice(0, 80)}`);
    }
    if (ready.status !== 200 && ready.status !== 503) {
      badProbes.push(`/readyz answered ${ready.status}`);
    }
    await soon(250);
  }
  return { probes, badProbes };
}
