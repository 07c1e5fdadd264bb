import { type ChildProcess, spawn } from "node:child_process";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** `npm run demo` as somebody starts it at a terminal: in a process group of its own. */
export interface DemoProcess {
  pid: number;
  /** Everything it has written so far. */
  output(): string;
  /** Resolves once the text was written; rejects if the demo ends before. */
  says(text: string): Promise<void>;
  /** The exit code, once it has ended. */
  ended: Promise<number | null>;
  /** To npm alone, as `kill` does, or to all that hang on it, as a terminal does. */
  signal(signal: NodeJS.Signals, to: "npm" | "group"): void;
}

const running = new Set<DemoProcess>();

export function startDemo(options: {
  data: string;
  port: number;
  args?: string[];
  env?: Record<string, string>;
}): DemoProcess {
  const child = spawn("npm", ["run", "demo", "--", ...(options.args ?? [])], {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      // A demo never touches what the environment points to.
      DATABASE_URL: "postgres://nobody:nothing@127.0.0.1:1/none",
      SPORTELLO_DATA: options.data,
      SPORTELLO_BUILD_DIR: ".next-test",
      PORT: String(options.port),
      ...options.env,
    },
  });
  return watch(child);
}

function watch(child: ChildProcess): DemoProcess {
  let text = "";
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      for (const listener of listeners) {
        listener();
      }
    });
  }
  const pid = child.pid ?? 0;
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const demo: DemoProcess = {
    pid,
    output: () => text,
    says: (wanted) =>
      new Promise((resolve, reject) => {
        const look = () => text.includes(wanted) && resolve();
        listeners.add(look);
        look();
        void ended.then(() => reject(new Error(`the demo ended and said:\n${text}`)));
      }),
    ended,
    signal: (signal, to) => {
      try {
        process.kill(to === "group" ? -pid : pid, signal);
      } catch {
        // Gone already.
      }
    },
  };
  running.add(demo);
  void ended.then(() => running.delete(demo));
  return demo;
}

/** Ends whatever a failed test left behind. */
export async function endAll(): Promise<void> {
  for (const demo of running) {
    demo.signal("SIGTERM", "group");
    await Promise.race([demo.ended, sleep(10_000)]);
    demo.signal("SIGKILL", "group");
  }
}

/** Does anybody listen at this port of localhost? */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "localhost", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** Waits until a condition holds, at most so many seconds; tells whether it did. */
export async function within(seconds: number, holds: () => Promise<boolean>): Promise<boolean> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(100)) {
    if (await holds()) {
      return true;
    }
  }
  return false;
}

/** A port that nobody has. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "localhost", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
