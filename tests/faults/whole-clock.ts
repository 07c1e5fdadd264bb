import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Fault } from "./fault";
import { soon, startWeb, startWorker, until } from "./whole-processes";
import {
  ask,
  type Customer,
  ELECTRONIC,
  filled,
  formOf,
  type WholeWorld,
  wholeWorld,
} from "./whole-world";

const HOUR_MS = 3_600_000;

/** A clock that programs read while it jumps. */
async function shiftedClock() {
  const folder = await mkdtemp(path.join(tmpdir(), "sportello-clock-"));
  const file = path.join(folder, "offset");
  const jump = async (ms: number) => {
    await writeFile(file, String(Math.round(ms)));
    // Programs look twenty times a second.
    await soon(200);
  };
  await jump(0);
  return {
    jump,
    node: ["--require", path.resolve("tests/faults/shifted-clock.cjs")],
    env: { FAULT_CLOCK: file },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/**
 * The clocks of web and worker jump by hours, over midnight and over a cut-off, while both run: sessions hold, limits
 * count on, a choice counts for the run that the database's clock says, and the crontab goes on.
 */
export const wholeClock: Fault = async ({ urls, quick }) => {
  const world = await wholeWorld(urls, 2);
  const clock = await shiftedClock();
  const wrong: string[] = [];
  const counts = { jumps: 0, lost: 0, doubled: 0 };
  const jump = async (ms: number) => {
    counts.jumps += 1;
    await clock.jump(ms);
  };
  const start = { env: { ...world.env, ...clock.env }, node: clock.node };
  const web = await startWeb(world.folder, start);
  let worker: Awaited<ReturnType<typeof startWorker>> | undefined;
  try {
    const [early, late] = world.customers as [Customer, Customer];
    const forms = {
      early: await formOf(`${web.url}/delivery`, early.contractId, early.cookie),
      late: await formOf(`${web.url}/delivery`, late.contractId, late.cookie),
      login: await formOf(`${web.url}/login`, 'name="password"'),
    };
    await world.truth.sql`insert into invoicing_runs (company_id, name, cut_off_at, state)
      values (${early.companyId}, 'clock', clock_timestamp() + ${quick ? 10 : 20} * interval '1 second', 'scheduled')`;
    const choose = (of: Customer, hidden: [string, string][]) =>
      ask(`${web.url}/delivery`, {
        method: "POST",
        cookie: of.cookie,
        body: filled(hidden, ELECTRONIC),
      });
    // By its own clock long past the cut-off.
    await jump(6 * HOUR_MS);
    await choose(early, forms.early);
    for (const offset of [26, -26, 6, -6, untilMidnight()]) {
      await jump(offset * HOUR_MS);
      const page = await ask(`${web.url}/overview`, { cookie: early.cookie });
      if (page.status !== 200) {
        wrong.push(`a session did not hold with the clock ${offset} hours off: ${page.status}`);
      }
    }
    wrong.push(...(await limitsHold(world, web.url, forms.login, jump)));
    // By its own clock long before the cut-off, which has passed.
    await jump(-6 * HOUR_MS);
    const passed = async () => {
      const [row] = await world.truth.sql<{ passed: boolean }[]>`
        select cut_off_at < clock_timestamp() as passed from invoicing_runs where name = 'clock'`;
      return row?.passed === true;
    };
    await until(passed, 60_000);
    await choose(late, forms.late);

    // Six hours ahead and two seconds before a minute, in which the crontab has something to do.
    await jump(6 * HOUR_MS + toNextMinute(2_000));
    worker = await startWorker(world.folder, start);
    let ahead: string[] = [];
    const isAhead = async () => {
      ahead = await aheadOf(world);
      return ahead.length > 0;
    };
    // A worker that takes longer to start has missed the first minute.
    if (!(await until(isAhead, 90_000))) {
      wrong.push("with the clock ahead, the crontab did nothing: the test shows nothing");
    }
    // And back, some seconds before a minute: it must not wait for six hours.
    await jump(toNextMinute(10_000));
    // What was done ahead, and that alone: what comes every hour only was not, and goes on in any case. A minute that is
    // whole is one of the crontab's own.
    const wentOn = async () => {
      const [row] = await world.truth.sql<{ all_did: boolean }[]>`
        select bool_and(last_execution = date_trunc('minute', last_execution)
          and abs(extract(epoch from last_execution - clock_timestamp())) < 120) as all_did
        from graphile_worker._private_known_crontabs where identifier = any(${ahead})`;
      return row?.all_did === true;
    };
    if (!(await until(wentOn, 150_000))) {
      wrong.push("after the clock went back, the crontab did nothing any more");
    }
    const frozen = async () => {
      const [row] = await world.truth.sql<{ state: string }[]>`
        select state from invoicing_runs where name = 'clock'`;
      return row?.state === "frozen";
    };
    if (!(await until(frozen, 90_000))) {
      wrong.push("the run was not frozen");
    }
    const plan = await world.truth.sql<{ contract_id: string; mode: string }[]>`
      select p.contract_id, p.mode from delivery_plans p
      join invoicing_runs r on r.company_id = p.company_id and r.id = p.run_id where r.name = 'clock'`;
    for (const [of, mode] of [
      [early, "electronic"],
      [late, "paper"],
    ] as const) {
      const rows = plan.filter(({ contract_id }) => contract_id === of.contractId);
      counts.lost += rows.length === 0 ? 1 : 0;
      counts.doubled += Math.max(0, rows.length - 1);
      if (rows[0]?.mode !== mode) {
        wrong.push(`a contract is on ${rows[0]?.mode} in the plan, and its choice said ${mode}`);
      }
    }
    if (web.hasEnded() || worker.hasEnded()) {
      wrong.push("a process ended because its clock jumped");
    }
  } finally {
    web.kill("SIGKILL");
    worker?.kill("SIGKILL");
    await Promise.all([web.ended, worker?.ended]);
    await clock.remove();
    await world.close();
  }
  return {
    name: "whole-clock",
    tries: counts.jumps,
    ...{ lost: counts.lost, doubled: counts.doubled, wrong },
    met: `clocks of web and worker jumped ${counts.jumps} times, by up to 26 hours`,
  };
};

/** Hours until the next midnight in Rome, and a minute more. */
function untilMidnight(): number {
  const time = new Date().toLocaleTimeString("en-GB", { timeZone: "Europe/Rome" });
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return 24 - hours - minutes / 60 + 1 / 60;
}

/** What to add to the clock so that its next minute begins in so many ms. */
const toNextMinute = (ms: number) => 60_000 - (Date.now() % 60_000) - ms;

/** What of the crontab is noted as done hours from now. */
async function aheadOf({ truth }: WholeWorld): Promise<string[]> {
  const rows = await truth.sql<{ identifier: string }[]>`
    select identifier from graphile_worker._private_known_crontabs
    where last_execution > clock_timestamp() + interval '5 hours'`;
  return rows.map(({ identifier }) => identifier);
}

/** Wrong passwords, with a clock that is a day and more off: none is forgotten, and nobody waits for a day. */
async function limitsHold(
  { truth }: WholeWorld,
  url: string,
  hidden: [string, string][],
  jump: (ms: number) => Promise<void>,
): Promise<string[]> {
  const [account] = await truth.sql<{ email: string }[]>`select email from accounts limit 1`;
  const wrong: string[] = [];
  const counted = async () => {
    const [row] = await truth.sql<{ points: number; hours: number }[]>`
      select coalesce(max(points), 0)::int as points,
        coalesce(max(extract(epoch from expire - clock_timestamp())), 0)::float8 / 3600 as hours
      from rate_limits where key like 'login\_%'`;
    return row ?? { points: 0, hours: 0 };
  };
  let most = 0;
  for (const offset of [0, 0, 0, 26, 0, -26, 0]) {
    await jump(offset * HOUR_MS);
    await ask(`${url}/login`, {
      method: "POST",
      body: filled(hidden, { email: account?.email ?? "", password: "una frase sbagliata" }),
    });
    const { points, hours } = await counted();
    if (points < most) {
      wrong.push(`with the clock ${offset} hours off ${most - points} guesses were forgotten`);
    }
    if (hours > 24.1) {
      wrong.push(`with the clock ${offset} hours off a limit holds for ${hours} hours`);
    }
    most = Math.max(most, points);
  }
  if (most < 3) {
    wrong.push("guesses at a password were not counted");
  }
  return wrong;
}
