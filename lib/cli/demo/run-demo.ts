import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { withLock } from "@/db/embedded/lock";
import { type DemoWorld, describeDemoWorld, seedDemoWorld } from "@/db/seed/demo-world";
import { writeExamplePapers } from "@/db/seed/example-papers";
import { dataFolder } from "@/lib/cli/data-folder";
import { localEnvironment } from "@/lib/cli/local-environment";
import { workerConnection } from "@/lib/connections";
import { envSchema } from "@/lib/env";
import { RefusalError } from "@/lib/errors";
import { buildFolder, ensureBuild, releaseBuild } from "./build";
import { type Child, startChild } from "./children";
import { handDemoFileOver, writeDemoFile } from "./demo-file";
import { keepMailbox } from "./mailbox-keeper";
import { reservePort, wantedPort } from "./port";
import { resetDemo } from "./reset";
import { endLeftOvers, forgetRunning, noteRunning, otherDemos } from "./running";
import { ending, onEnd } from "./shutdown";
import { announce, progress } from "./words";

export interface DemoOptions {
  /** `next dev` in the place of a build. */
  development: boolean;
  /** Throw the data of earlier demos away first. */
  reset: boolean;
}

/**
 * Starts everything a demo has – database, data, build, mailbox, web server, worker – and returns
 * when all of it answers. What was started ends with this process (shutdown.ts).
 * @throws {RefusalError} one sentence for whoever started it.
 */
export async function runDemo({ development, reset }: DemoOptions): Promise<void> {
  const data = dataFolder();
  const port = wantedPort();
  const url = `http://localhost:${port}`;
  await endLeftOvers(data);
  const reserved = await reservePort(data, port);
  if (reset) {
    await resetDemo(data);
  }
  dropForeignSettings(development);
  await noteRunning(data, url, []);
  onEnd("note", () => forgetRunning(data));
  const logs = path.join(data, "logs");
  await mkdir(logs, { recursive: true, mode: 0o700 });

  const database = await progress("database", () => localEnvironment());
  onEnd("database", () => database.release());
  const [world] = await Promise.all([
    seed(data),
    development ? undefined : progress("build", () => build(logs)),
  ]);

  const mailbox = await keepMailbox(data, {
    webhookUrl: `${url}/api/webhooks/resend`,
    webhookSecret: process.env.RESEND_WEBHOOK_SECRET ?? "",
    apiKey: process.env.RESEND_API_KEY ?? "",
  });
  onEnd("mailbox", () => mailbox.close());
  process.env.RESEND_BASE_URL = mailbox.url;

  await reserved.free();
  const children = startServers({ development, port, logs });
  await noteRunning(data, url, children);
  await progress("web", () => answers(url, children));
  await writeDemoFile(data, { url, mailboxUrl: mailbox.url, ...world });
  onEnd("demo file", async () => {
    const [other] = await otherDemos(data);
    if (other) {
      await handDemoFileOver(data, url, other.url);
    }
  });
  announce(url, mailbox.url, world);
  await failWhenOneEnds(children);
}

/**
 * The demo is closed in itself: whatever database, mail account or storage the environment names is
 * not for it.
 */
function dropForeignSettings(development: boolean): void {
  for (const name of Object.keys(envSchema.shape)) {
    delete process.env[name];
  }
  Object.assign(process.env, {
    NODE_ENV: development ? "development" : "production",
    NEXT_TELEMETRY_DISABLED: "1",
  });
}

/** The demo's world, made if it is not there; two first starts at once make it once. */
async function seed(data: string): Promise<DemoWorld> {
  const connection = workerConnection();
  onEnd("connection", () => connection.close());
  const folder = path.join(data, "seed");
  const make = async () => {
    // Left over by a seed that was interrupted: its rows were rolled back, its files were not.
    await rm(path.join(data, "storage"), { recursive: true, force: true });
    for (const made of [path.join(data, "storage"), folder]) {
      await mkdir(made, { recursive: true, mode: 0o700 });
    }
    const world = await seedDemoWorld(connection.db, { folder, now: new Date() });
    await rm(folder, { recursive: true, force: true });
    await writeExamplePapers(path.join(data, "example"), new Date());
    return world;
  };
  return await withLock(
    path.join(data, "seed.lock"),
    async () => (await describeDemoWorld(connection.db)) ?? (await progress("seed", make)),
    600_000,
  );
}

async function build(logs: string): Promise<"made" | "kept"> {
  onEnd("build", releaseBuild);
  return await ensureBuild(logs, (child) => onEnd("build child", () => child.stop(2_000)));
}

function startServers(options: { development: boolean; port: number; logs: string }): Child[] {
  const { development, port, logs } = options;
  // Only migrations need the owner's password.
  const { DATABASE_OWNER_URL: _owner, ...environment } = process.env;
  // The demo runs what a production machine would.
  const program = (name: string) => path.join(buildFolder(), "standalone/cli", `${name}.js`);
  const [web, worker] = development
    ? [
        ["node_modules/next/dist/bin/next", "dev"],
        ["--import", "tsx", "lib/cli/worker.ts"],
      ]
    : [[program("start")], [program("worker")]];
  const children = [
    startChild(
      "web server",
      [...web, "-H", "localhost", "-p", String(port)],
      environment,
      development ? "inherit" : path.join(logs, `web-${port}.log`),
    ),
    startChild("worker", worker, environment, path.join(logs, `worker-${port}.log`)),
  ];
  onEnd("children", async () => {
    await Promise.all(children.map((child) => child.stop(5_000)));
  });
  return children;
}

/** Waits until the first page is served. */
async function answers(url: string, children: Child[]): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    await throwIfEnded(children);
    const response = await fetch(url, { signal: AbortSignal.timeout(60_000) }).catch(() => null);
    if (response) {
      await response.arrayBuffer();
      if (response.status < 500) {
        return;
      }
      throw new RefusalError(`${url} answers with an error (${response.status}).`);
    }
    await sleep(200);
  }
  throw new RefusalError(`${url} did not answer within two minutes.`);
}

async function failWhenOneEnds(children: Child[]): Promise<void> {
  await Promise.race(children.map(({ ended }) => ended));
  if (!ending()) {
    await throwIfEnded(children);
  }
}

async function throwIfEnded(children: Child[]): Promise<void> {
  const gone = children.find((child) => child.hasEnded());
  if (gone && !ending()) {
    throw new RefusalError(`The ${gone.name} has ended:\n${await gone.lastWords()}`);
  }
}
