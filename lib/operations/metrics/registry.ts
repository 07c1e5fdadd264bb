import { Counter, Gauge, Histogram, Registry } from "prom-client";

/** Seconds of a request or job: from what a cached page takes to what nobody waits for. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

// On globalThis: Next.js bundles what it calls at its start apart from its pages.
const held = globalThis as { sportelloMetrics?: Metrics };

/** What this process counts. No label is ever of a person: states, kinds, slugs and names of runs only. */
export function metrics(): Metrics {
  held.sportelloMetrics ??= makeMetrics();
  return held.sportelloMetrics;
}

type Metrics = ReturnType<typeof makeMetrics>;

function makeMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const gauge = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
    new Gauge({ name: `sportello_${name}`, help, labelNames, registers });
  return {
    registry,
    gauge,
    requests: new Histogram({
      name: "sportello_request_seconds",
      help: "Requests by group of routes, from their head to the end of their answer",
      labelNames: ["group", "method", "status"],
      buckets: SECONDS,
      registers,
    }),
    turnedAway: new Counter({
      name: "sportello_requests_turned_away_total",
      help: "Requests answered 503 by this process: too many waited already (crowded), or nothing came in ten seconds (late)",
      labelNames: ["reason"],
      registers,
    }),
    jobs: new Histogram({
      name: "sportello_job_seconds",
      help: "Jobs of the queue by task and outcome",
      labelNames: ["task", "outcome"],
      buckets: [0.01, 0.1, 1, 10, 60, 600],
      registers,
    }),
    mailRequests: new Counter({
      name: "sportello_mail_requests_total",
      help: "Requests to the mail provider: what they held, and what came of them",
      labelNames: ["kind", "outcome"],
      registers,
    }),
    mails: new Counter({
      name: "sportello_mails_total",
      help: "Mails of requests that the provider took: accepted, or rejected alone",
      labelNames: ["kind", "outcome"],
      registers,
    }),
    poolInHand: gauge(
      "pool_transactions",
      "Transactions of this process in hand; above the pool's size they wait for a connection",
      ["pool"],
    ),
    poolSize: gauge("pool_size", "Connections that this process may have", ["pool"]),
    storageFree: gauge("storage_free_bytes", "Free on the disk of STORAGE_URL, if it is a folder"),
    info: gauge("info", "Always 1; which version this process is", ["version", "process"]),
  };
}
