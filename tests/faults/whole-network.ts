import type { Network } from "./database-proxy";
import type { Fault, FaultOptions, FaultRow } from "./fault";
import { unclear } from "./whole-pool";
import { startWeb, startWorker, until, type WebProcess } from "./whole-processes";
import {
  type Answered,
  ask,
  type Customer,
  choicesOf,
  ELECTRONIC,
  filled,
  formOf,
  PAPER,
  type WholeWorld,
  wholeWorld,
} from "./whole-world";

/** What is asked in each try, of each kind one. */
const PAGES = ["/overview", "/en/bills", "/de/delivery", "/login"];

/**
 * The database stands still behind a lock, or answers after a quarter of a minute: a page is answered in its time with
 * why not, and a form was saved or not; the same form again has one effect.
 */
export const wholeSlowDatabase: Fault = async (options) =>
  await inTurn("whole-slow-database", options, async (world, at) => {
    if (at % 2 === 1) {
      world.proxy.be({ kind: "slow", ms: 15_000 });
      return async () => world.proxy.be({ kind: "sound" });
    }
    return await locked(world);
  });

/** The network swallows what is sent, tells neither side, and later is sound again. */
export const wholeHalfOpen: Fault = async (options) => {
  const row = await inTurn("whole-half-open", options, async (world) =>
    become(world, { kind: "swallows" }),
  );
  const worker = await workerRecovers(options);
  return { ...row, wrong: [...row.wrong, ...worker.wrong], met: `${row.met}; ${worker.met}` };
};

async function become({ proxy }: WholeWorld, network: Network): Promise<() => Promise<void>> {
  proxy.be(network);
  return async () => proxy.be({ kind: "sound" });
}

/** Somebody holds what pages and forms need, as a migration or a runaway statement would. */
async function locked({ truth }: WholeWorld): Promise<() => Promise<void>> {
  const holder = await truth.sql.reserve();
  await holder`begin`;
  await holder`lock table contract_links, documents, delivery_choices in access exclusive mode`;
  return async () => {
    await holder`rollback`;
    holder.release();
  };
}

async function inTurn(
  name: string,
  { urls, quick }: FaultOptions,
  hinder: (world: WholeWorld, at: number) => Promise<() => Promise<void>>,
): Promise<FaultRow> {
  const tries = quick ? 1 : 10;
  const world = await wholeWorld(urls, 4);
  const web = await startWeb(world.folder, { env: world.env });
  const wrong: string[] = [];
  const answers: Answered[] = [];
  const counts = { lost: 0, doubled: 0, committed: 0 };
  try {
    for (let at = 0; at < tries; at += 1) {
      const customer = world.customers[at % world.customers.length] as Customer;
      const hidden = await formOf(`${web.url}/delivery`, customer.contractId, customer.cookie);
      const before = await choicesOf(world, customer.contractId);
      const wish = before.at(-1) === "electronic" ? PAPER : ELECTRONIC;
      const send = () =>
        ask(`${web.url}/delivery`, {
          method: "POST",
          cookie: customer.cookie,
          body: filled(hidden, wish),
        });
      const release = await hinder(world, at);
      const met = await Promise.all([
        send(),
        ...PAGES.map((page) => ask(`${web.url}${page}`, { cookie: customer.cookie })),
      ]);
      await release();
      answers.push(...met);
      await recovered(web, customer, wrong);
      const between = await choicesOf(world, customer.contractId);
      const again = await send();
      const after = await choicesOf(world, customer.contractId);
      counts.committed += between.length - before.length;
      counts.lost += after.at(-1) === wish.mode ? 0 : 1;
      counts.doubled += Math.max(0, after.length - before.length - 1);
      if (again.kind !== "ok") {
        wrong.push(`the same form again was answered ${again.status} (${again.kind})`);
      }
    }
    wrong.push(...unclear(answers));
    if (!answers.some(({ kind }) => kind === "clear")) {
      wrong.push("no page said that it is for now only");
    }
  } finally {
    web.kill("SIGKILL");
    await web.ended;
    await world.close();
  }
  const of = (kind: Answered["kind"]) => answers.filter((one) => one.kind === kind).length;
  const longest = Math.round(Math.max(...answers.map(({ ms }) => ms)));
  return {
    name,
    tries: answers.length,
    ...{ lost: counts.lost, doubled: counts.doubled, wrong },
    met: `${of("clear")} told to come back, ${of("form")} told by the form, ${of("ok")} answered, longest ${longest} ms; ${counts.committed} of ${tries} forms had been saved`,
  };
}

async function recovered(web: WebProcess, { cookie }: Customer, wrong: string[]): Promise<void> {
  const well = async () => {
    const [page, ready] = await Promise.all([
      ask(`${web.url}/overview`, { cookie }),
      ask(`${web.url}/readyz`),
    ]);
    return page.kind === "ok" && page.status === 200 && ready.status === 200;
  };
  if (!(await until(well, 30_000))) {
    wrong.push("pages did not come back by themselves");
  }
}

/** A worker whose every connection is swallowed while it stands idle and while it works goes on by itself. */
async function workerRecovers({ urls }: FaultOptions): Promise<{ wrong: string[]; met: string }> {
  const world = await wholeWorld(urls, 0);
  const worker = await startWorker(world.folder, {
    env: { ...world.env, DATABASE_SILENCE_SECONDS: "10" },
  });
  try {
    const done = async () => {
      const [row] = await world.truth.sql<{ jobs: number }[]>`
        select count(*)::int as jobs from graphile_worker.jobs where task_identifier = 'forget_expired'`;
      return row?.jobs === 0;
    };
    const order = () =>
      world.truth
        .sql`select graphile_worker.add_job('forget_expired', '{}'::json, max_attempts => 1)`;
    await order();
    if (!(await until(done, 30_000))) {
      return { wrong: ["the worker did not work"], met: "" };
    }
    world.proxy.be({ kind: "swallows" });
    // Until its senders and its queue have asked something that nobody answers.
    await until(async () => /"sending failed"|CONNECTION_SILENT/.test(worker.log()), 60_000);
    world.proxy.be({ kind: "sound" });
    const began = performance.now();
    await order();
    const well = await until(done, 120_000);
    const seconds = Math.round((performance.now() - began) / 1000);
    return {
      wrong: well && !worker.hasEnded() ? [] : ["the worker did not come back by itself"],
      met: `the worker was back ${seconds} s after the network`,
    };
  } finally {
    worker.kill("SIGKILL");
    await worker.ended;
    await world.close();
  }
}
