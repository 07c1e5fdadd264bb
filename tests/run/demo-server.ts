import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";

export interface RunningDemo {
  url: string;
  dataFolder: string;
  stop(): Promise<void>;
}

/** A port of 127.0.0.1 that nobody has. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

/**
 * Starts `npm run demo` as its user would, with a data folder and a build folder of the tests, and
 * waits for its ready line.
 */
export async function startDemo(dataFolder: string, args: string[] = []): Promise<RunningDemo> {
  const port = await freePort();
  const child = spawn(
    process.execPath,
    ["node_modules/tsx/dist/cli.mjs", "lib/cli/demo.ts", ...args],
    {
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        ...process.env,
        PORT: String(port),
        SPORTELLO_DATA: dataFolder,
        SPORTELLO_BUILD_DIR: ".next-test",
      },
    },
  );
  await ready(child);
  return {
    url: `http://localhost:${port}`,
    dataFolder,
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null) {
          resolve();
          return;
        }
        child.once("close", () => resolve());
        child.kill("SIGTERM");
      }),
  };
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on("data", (chunk: Buffer) => {
      const text = chunk.toString();
      process.stdout.write(text);
      if (text.includes("Sportello ready:")) {
        resolve();
      }
    });
    child.once("close", (code) => reject(new Error(`the demo ended with code ${code}`)));
  });
}
