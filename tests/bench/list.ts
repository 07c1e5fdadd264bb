import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import autocannon from "autocannon";
import { v7 as uuidv7 } from "uuid";
import { type Connection, connect } from "@/db/client";
import { seedBenchWorld } from "@/db/seed/bench-world";
import { openSession } from "@/lib/auth/sessions";
import { localEnvironment } from "@/lib/cli/local-environment";
import { freePort } from "../run/demo-server";
import { buildAppCopy } from "./app-copy";
import { cpuSeconds } from "./cpu";
import { type Row, rowOf } from "./report";

const CONNECTIONS = 4;
const LIMIT_ROUTE = "bench-limit";

interface Sample {
  cpuMs: number;
  perSecond: number;
}

/**
 * The signed-in bill list (session row and 24 bills from the database) against list-limit.tsx, the
 * same page without either, served by one process of one build, in turns. CPU is the web process's,
 * user and system, per request.
 */
export async function benchList(quick: boolean): Promise<Row[]> {
  process.env.SPORTELLO_DATA = ".sportello-bench/data";
  process.env.RESEND_BASE_URL ||= "http://127.0.0.1:9";
  const local = await localEnvironment();
  const worker = connect(process.env.DATABASE_WORKER_URL ?? "", { max: 2 });
  const web = connect(process.env.DATABASE_URL ?? "", { max: 2 });
  let server: Server | undefined;
  try {
    const cookie = `sportello.session=${await customerSession(worker, web, quick ? 1_000 : 10_000)}`;
    const folder = buildAppCopy({ [LIMIT_ROUTE]: "tests/bench/list-limit.tsx" });
    server = await serve(folder);
    const ours = { url: `${server.url}/bills`, cookie };
    const limit = { url: `${server.url}/${LIMIT_ROUTE}`, cookie };
    const requests = quick ? 300 : 2_000;
    // Warm up both: compilation, connections and plans are not what is measured.
    await sample(server.pid, ours, 300);
    await sample(server.pid, limit, 300);
    const pairs: { ours: Sample; limit: Sample }[] = [];
    for (let round = 0; round < (quick ? 3 : 5); round += 1) {
      const first = await sample(server.pid, round % 2 ? limit : ours, requests);
      const second = await sample(server.pid, round % 2 ? ours : limit, requests);
      pairs.push(round % 2 ? { ours: second, limit: first } : { ours: first, limit: second });
    }
    const of = (figure: keyof Sample) =>
      pairs.map((pair) => ({ ours: pair.ours[figure], limit: pair.limit[figure] }));
    return [
      rowOf("list: CPU per request", "ms", of("cpuMs")),
      rowOf("list: requests a second", "/s", of("perSecond")),
    ];
  } finally {
    server?.stop();
    await Promise.all([worker.close(), web.close()]);
    await local.release();
  }
}

/** A signed-in customer with 24 bills among those of the other contracts. */
async function customerSession(
  worker: Connection,
  web: Connection,
  contracts: number,
): Promise<string> {
  const world = await seedBenchWorld(worker, { contracts, billsPerContract: 24 });
  const [account] = await worker.sql<{ id: string; holder_id: string; email: string }[]>`
    select a.id, a.holder_id, a.email from accounts a
    join contract_links l on l.account_id = a.id and l.company_id = ${world.companyId}
    group by a.id having count(*) = 1 order by a.id limit 1`;
  if (!account) {
    throw new Error("the bench world has no customer with one contract");
  }
  const actor = {
    kind: "customer" as const,
    accountId: account.id,
    holderId: account.holder_id,
    sessionId: uuidv7(),
    email: account.email,
    language: "it" as const,
  };
  await worker.sql`analyze`.catch(() => {});
  return await openSession({ db: web.db, actor }, null);
}

interface Server {
  url: string;
  pid: number;
  stop(): void;
}

async function serve(folder: string): Promise<Server> {
  const port = await freePort();
  const next = path.resolve("node_modules/next/dist/bin/next");
  const child: ChildProcess = spawn(
    process.execPath,
    [next, "start", "-H", "localhost", "-p", String(port)],
    {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"],
      env: {
        ...process.env,
        NODE_ENV: "production",
        APP_URL: `http://localhost:${port}`,
        SPORTELLO_BUILD_DIR: ".next",
      },
    },
  );
  const url = `http://localhost:${port}`;
  for (let tries = 0; ; tries += 1) {
    const up = await fetch(`${url}/login`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (up && child.pid) {
      return { url, pid: child.pid, stop: () => child.kill("SIGTERM") };
    }
    if (tries > 100 || child.exitCode !== null) {
      throw new Error("the bench's web server did not start");
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function sample(
  pid: number,
  page: { url: string; cookie: string },
  requests: number,
): Promise<Sample> {
  const before = cpuSeconds(pid);
  const result = await autocannon({
    url: page.url,
    connections: CONNECTIONS,
    amount: requests,
    headers: { cookie: page.cookie },
  });
  if (result.non2xx > 0 || result.errors > 0 || result["2xx"] < requests) {
    throw new Error(`${page.url} answered ${result.non2xx} times with something else than 200`);
  }
  return {
    cpuMs: ((cpuSeconds(pid) - before) / requests) * 1000,
    perSecond: requests / result.duration,
  };
}
