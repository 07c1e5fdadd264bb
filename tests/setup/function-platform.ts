import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { freePort, within } from "../demo/demo-process";

/** Debian's nobody: owns no file of the program and writes to /tmp alone. */
const NOBODY = 65_534;

/** What a platform of functions gives a program. */
export interface PlatformLimits {
  /** Of a request's body; a larger one is answered 413 by the platform itself. */
  bodyBytes: number;
  /** Megabytes of JavaScript's heap. */
  heapMegabytes: number;
}

export interface FunctionPlatform {
  url: string;
  /** How often it began a new process, and how often it killed one in the midst of a request. */
  counts: { started: number; killed: number };
  /** The next request's process is killed once this resolves, and the request answered 504, as when its time is up. */
  killNext(when: Promise<unknown>): void;
  stop(): Promise<void>;
}

/**
 * Serves a build as a platform of functions does: nothing runs without a request, a body is bounded, a request whose
 * time is up dies with its process, and the next one finds a new one. The program runs as somebody who can write to
 * nothing of it, where this process may choose that.
 * @param app the folder that `npm run build` leaves, readable by everybody
 */
export async function startPlatform(
  app: string,
  env: Record<string, string>,
  { bodyBytes, heapMegabytes }: PlatformLimits,
): Promise<FunctionPlatform> {
  const counts = { started: 0, killed: 0 };
  let instance: Promise<{ child: ChildProcess; port: number }> | undefined;
  let kill: Promise<unknown> | undefined;

  const begin = async () => {
    counts.started += 1;
    const port = await freePort();
    const child = spawn(process.execPath, [path.join(app, "cli/start.js"), "-H", "localhost"], {
      cwd: app,
      stdio: ["ignore", "ignore", "inherit"],
      env: {
        ...env,
        PORT: String(port),
        NODE_ENV: "production",
        VERCEL: "1",
        NODE_OPTIONS: `--max-old-space-size=${heapMegabytes}`,
      },
      ...(process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}),
    });
    const up = await within(
      120,
      async () =>
        await fetch(`http://localhost:${port}/healthz`).then(
          ({ ok }) => ok,
          () => false,
        ),
    );
    if (!up) {
      throw new Error("the program did not start");
    }
    return { child, port };
  };

  const handle = async (asked: IncomingMessage, answer: ServerResponse) => {
    if (Number(asked.headers["content-length"] ?? 0) > bodyBytes) {
      asked.resume();
      answer.writeHead(413).end("FUNCTION_PAYLOAD_TOO_LARGE");
      return;
    }
    const until = kill;
    kill = undefined;
    instance ??= begin();
    const { child, port } = await instance;
    const inner = request({
      ...{ host: "localhost", port, method: asked.method, path: asked.url },
      headers: { ...asked.headers, "x-forwarded-for": "203.0.113.7" },
    });
    inner.once("response", (given) => {
      answer.writeHead(given.statusCode ?? 500, given.headers);
      given.pipe(answer);
    });
    inner.once("error", () => {
      if (!answer.headersSent) {
        answer.writeHead(504);
      }
      answer.end("FUNCTION_INVOCATION_TIMEOUT");
    });
    asked.pipe(inner);
    until?.then(async () => {
      counts.killed += 1;
      instance = undefined;
      child.kill("SIGKILL");
    });
  };

  const front = createServer((asked, answer) => {
    handle(asked, answer).catch((error: unknown) => answer.destroy(error as Error));
  });
  front.listen(0, "localhost");
  await once(front, "listening");
  return {
    url: `http://localhost:${(front.address() as AddressInfo).port}`,
    counts,
    killNext(when) {
      kill = when;
    },
    async stop() {
      front.closeAllConnections();
      front.close();
      const { child } = (await instance?.catch(() => undefined)) ?? {};
      child?.kill("SIGKILL");
    },
  };
}
