import { createServer, type Server } from "node:http";
import { collectDefaultMetrics } from "prom-client";
import { openPools } from "@/lib/connections";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import { parseStorageUrl } from "@/lib/storage/storage-url";
import { version } from "@/package.json";
import { freeBytes } from "../queries/storage-state";
import { metrics } from "./registry";

export interface MetricsServer {
  /** Where it answers, for example `http://127.0.0.1:9464/metrics`. */
  url: string;
  close(): Promise<void>;
}

/** Servers of this kind: requests to them are none of Sportello's. */
const own = new WeakSet<object>();
export const isMetricsServer = (server: object): boolean => own.has(server);

/**
 * Serves this process's metrics for Prometheus on a port of its own, METRICS_PORT of a web process and the one
 * after it of a worker, so that both may stand on one machine; null where it is not set. A port that is taken
 * is told to the log and stops nothing. `refresh` brings the gauges up to date before each answer.
 */
export async function serveMetrics(
  process: "web" | "worker",
  refresh: () => Promise<void> = async () => {},
): Promise<MetricsServer | null> {
  const { METRICS_PORT, METRICS_HOST } = env();
  if (METRICS_PORT === undefined) {
    return null;
  }
  const { registry, info } = metrics();
  // A development server comes here again when its code changes.
  if (!registry.getSingleMetric("process_cpu_seconds_total")) {
    collectDefaultMetrics({ register: registry });
  }
  info.set({ version, process }, 1);
  const server = createServer((request, response) => {
    if (request.method !== "GET" || request.url !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    tellProcess()
      .then(refresh)
      .then(() => registry.metrics())
      .then(
        (text) => response.writeHead(200, { "Content-Type": registry.contentType }).end(text),
        (err: unknown) => {
          log.error({ err }, "the metrics could not be told");
          response.writeHead(500).end();
        },
      );
  });
  own.add(server);
  const port = process === "web" ? METRICS_PORT : METRICS_PORT + 1;
  return await listen(server, port, METRICS_HOST);
}

function listen(server: Server, port: number, host: string): Promise<MetricsServer | null> {
  return new Promise((resolve) => {
    server.once("error", (err: NodeJS.ErrnoException) => {
      log.error({ code: err.code, host, port }, "the metrics' port cannot be used");
      resolve(null);
    });
    server.listen(port, host, () => {
      // Whatever else keeps the process alive, this does not.
      server.unref();
      resolve({
        url: `http://${host.includes(":") ? `[${host}]` : host}:${port}/metrics`,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      });
    });
  });
}

async function tellProcess(): Promise<void> {
  const { poolInHand, poolSize, storageFree } = metrics();
  for (const [pool, { inHand, size }] of openPools()) {
    poolInHand.set({ pool }, inHand());
    poolSize.set({ pool }, size);
  }
  const place = parseStorageUrl(env().STORAGE_URL);
  if (place.kind === "folder") {
    const free = await freeBytes(place.folder);
    free === null ? storageFree.remove() : storageFree.set(free);
  } else {
    storageFree.remove();
  }
}
