import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import autocannon from "autocannon";
import { v7 as uuidv7 } from "uuid";
import { findOrSeedBenchWorld } from "@/db/seed/bench-world";
import { openSession } from "@/lib/auth/sessions";
import { freePort } from "../run/demo-server";
import { cpuSeconds } from "./cpu";
import type { BenchDatabase } from "./database";

const CONNECTIONS = 4;

export interface Sample {
  cpuMs: number;
  perSecond: number;
}

/** A page as a signed-in customer asks for it. */
export interface Page {
  url: string;
  cookie: string;
}

/** A signed-in customer with 24 bills among those of the other contracts. */
export async function customerSession(database: BenchDatabase, contracts: number): Promise<string> {
  const world = await findOrSeedBenchWorld(database.worker, { contracts, billsPerContract: 24 });
  await database.owner.sql`analyze`;
  const [account] = await database.worker.sql<{ email: string }[]>`
    select a.email from accounts a
    join contract_links l on l.account_id = a.id and l.company_id = ${world.companyId}
    group by a.id having count(*) = 1 order by a.id limit 1`;
  return await cookieOf(database, account?.email ?? "");
}

/** The cookie of a new session of an account. */
export async function cookieOf({ worker, web }: BenchDatabase, email: string): Promise<string> {
  const [account] = await worker.sql<{ id: string; holder_id: string }[]>`
    select id, holder_id from accounts where email = ${email} and deleted_at is null`;
  if (!account) {
    throw new Error("the bench world has no such customer");
  }
  const actor = {
    kind: "customer" as const,
    accountId: account.id,
    holderId: account.holder_id,
    sessionId: uuidv7(),
    email,
    language: "it" as const,
  };
  return `sportello.session=${await openSession({ db: web.db, actor }, { userAgent: null, awaiting: null })}`;
}

export interface Server {
  url: string;
  pid: number;
  stop(): void;
}

export async function serve(folder: string, env: Record<string, string> = {}): Promise<Server> {
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
        ...env,
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

/** CPU of the web process, user and system, per request, and how many it answered. */
export async function sample(pid: number, page: Page, requests: number): Promise<Sample> {
  const before = cpuSeconds(pid);
  const result = await autocannon({
    url: page.url,
    connections: CONNECTIONS,
    amount: requests,
    headers: { cookie: page.cookie },
    // A request may wait for a disk that takes in a million contracts: what is asked for is that it is answered.
    timeout: 60,
  });
  if (result.non2xx > 0 || result.errors > 0 || result["2xx"] < requests) {
    throw new Error(
      `${page.url} answered ${result["2xx"]} of ${requests} times with 200, ${result.non2xx} times with something else, and failed ${result.errors} times`,
    );
  }
  return {
    cpuMs: ((cpuSeconds(pid) - before) / requests) * 1000,
    perSecond: requests / result.duration,
  };
}
