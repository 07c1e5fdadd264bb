import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { makeDispatch } from "../factories/dispatches";
import { newFolder } from "../factories/import-files";
import { makeCustomer } from "../factories/people";
import { type Clone, cloneDatabase } from "../setup/database";
import { type TestMailbox, testMailbox } from "../setup/mailbox";

// A whole worker starts.
vi.setConfig({ testTimeout: 60_000 });

let clone: Clone;
let mailbox: TestMailbox;
let port: number;

/** Two ports in a row that are free. */
async function freePorts(): Promise<number> {
  const listen = (wanted: number) =>
    new Promise<number | null>((resolve) => {
      const server = createServer();
      server.once("error", () => resolve(null));
      server.listen(wanted, "127.0.0.1", () => {
        const { port: got } = server.address() as AddressInfo;
        server.close(() => resolve(got));
      });
    });
  for (;;) {
    const first = (await listen(0)) ?? 0;
    if (first < 65_000 && (await listen(first + 1))) {
      return first;
    }
  }
}

beforeAll(async () => {
  mailbox = await testMailbox();
  clone = await cloneDatabase();
  port = await freePorts();
  Object.assign(process.env, {
    DATABASE_URL: clone.webUrl,
    DATABASE_WORKER_URL: clone.workerUrl,
    STORAGE_URL: `file:${await newFolder()}`,
    METRICS_PORT: String(port),
  });
});
afterAll(async () => {
  const { closeConnections } = await import("@/lib/connections");
  await Promise.all([closeConnections(), mailbox.close()]);
  await clone.drop();
});

const scrape = async (at: number) => {
  const answer = await fetch(`http://127.0.0.1:${at}/metrics`);
  expect(answer.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
  return await answer.text();
};

/** Every label's value of our own metrics. */
const labels = (text: string) =>
  text
    .split("\n")
    .filter((line) => line.startsWith("sportello_"))
    .flatMap((line) => [...line.matchAll(/="([^"]*)"/g)].map(([, value]) => value ?? ""));

/** The metrics that the README's alarms look at. */
function alarmed(): string[] {
  const readme = readFileSync("README.md", "utf8");
  const table = readme.slice(
    readme.indexOf("| alarm when |"),
    readme.indexOf("### When something"),
  );
  const names = [...table.matchAll(/sportello_[a-z_]+/g)].map(([name]) =>
    name.replace(/_(bucket|count)$/, ""),
  );
  expect(names.length).toBeGreaterThan(20);
  return [...new Set(names)];
}

describe("/metrics", () => {
  test("a worker tells of queue, batches, mails and database, and of nobody", async () => {
    const customer = await clone.superuser.db.transaction(async (db) => {
      const one = await makeCustomer(db);
      await makeDispatch(db, one);
      return one;
    });
    const { startWorker } = await import("@/lib/jobs/worker");
    const worker = await startWorker();
    try {
      await expect
        .poll(() => mailbox.messages(customer.account.email), { timeout: 15_000 })
        .toHaveLength(1);
      // The state is asked once in five seconds.
      await expect
        .poll(() => scrape(port + 1), { timeout: 15_000, interval: 500 })
        .toMatch(/sportello_dispatch_batches\{state="accepted"\} 1\n/);
      const text = await scrape(port + 1);
      for (const line of [
        "sportello_database_up 1",
        'sportello_waiting{what="jobs"} ',
        'sportello_oldest_waiting_seconds{what="bills"} 0',
        'sportello_queue_jobs{state="gave_up"} 0',
        'sportello_mail_requests_total{kind="bill",outcome="accepted"} 1',
        'sportello_mails_total{kind="bill",outcome="accepted"} 1',
        'sportello_pool_size{pool="worker"} 10',
        'sportello_pool_transactions{pool="mail"} ',
        "sportello_webhook_silence_seconds ",
        "sportello_undelivered_bills",
        "process_cpu_seconds_total",
      ]) {
        expect(text).toContain(line);
      }
      expect(text).toMatch(/sportello_info\{version="[\d.]+",process="worker"\} 1/);
      for (const name of alarmed()) {
        expect(text, "the README's alarms").toContain(`# HELP ${name} `);
      }
      const all = labels(text).join(" ");
      for (const secret of [customer.account.email, customer.holder.taxId, customer.holder.name]) {
        expect(all).not.toContain(secret);
      }
      expect((await fetch(`http://127.0.0.1:${port + 1}/`)).status).toBe(404);
    } finally {
      await worker.stop();
    }
    await expect(fetch(`http://127.0.0.1:${port + 1}/metrics`)).rejects.toThrow();
  });

  test("a web process tells of its requests by groups of routes, not by their addresses", async () => {
    const { guardRequests } = await import("@/lib/auth/guard-requests");
    const { serveMetrics } = await import("@/lib/operations/metrics/server");
    guardRequests();
    const metrics = await serveMetrics("web");
    const web = createServer((_, answer) => void answer.writeHead(404).end());
    await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
    const { port: at } = web.address() as AddressInfo;
    for (const path of [
      "/bills/1?of=mario@posta.example",
      "/confirm?token=secret",
      "/RSSMRA85T10A562S",
    ]) {
      await fetch(`http://127.0.0.1:${at}${path}`);
    }
    const text = await scrape(port);
    for (const group of ["bills", "entrance", "other"]) {
      expect(text).toContain(
        `sportello_request_seconds_count{group="${group}",method="read",status="4xx"} 1`,
      );
    }
    expect(text).not.toMatch(/mario|secret|RSSMRA/);
    // What is asked of the metrics themselves is no request of Sportello's.
    expect(await scrape(port)).not.toContain('status="2xx"');
    web.closeAllConnections();
    web.close();
    await metrics?.close();
  });

  test("a port that is taken stops nothing", async () => {
    const { serveMetrics } = await import("@/lib/operations/metrics/server");
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(port, "127.0.0.1", resolve));
    expect(await serveMetrics("web")).toBeNull();
    taken.close();
  });

  test("a database that does not answer is told, and nothing of before", async () => {
    const { stateGauges } = await import("@/lib/operations/metrics/state-gauges");
    const { metrics } = await import("@/lib/operations/metrics/registry");
    const { connect } = await import("@/db/client");
    metrics().registry.clear();
    const gone = connect("postgres://nobody:nothing@127.0.0.1:1/none");
    await stateGauges({ db: gone.db, actor: { kind: "system", name: "test" } })();
    const text = await metrics().registry.metrics();
    expect(text).toContain("sportello_database_up 0");
    expect(text).not.toMatch(/^sportello_(waiting|sending_pauses|webhook)[^#\n]* \d/m);
    await gone.close();
  });
});
