import { type ChildProcess, spawn } from "node:child_process";
import type { HostileAnswer } from "./hostile-child";
import type { ImportOrder } from "./import-child";

/** What came of a file: an answer, none in time, or the end of the process. */
export type HostileResult = (HostileAnswer & { ms: number }) | "hangs" | "crashes";

/** Milliseconds for one file, whatever is in it. */
const PATIENCE_MS = 10_000;

/** A process that imports one file after the other; where one ends it, the next has a new one. */
export class HostileProcess {
  private child: ChildProcess | undefined;

  constructor(private readonly workerUrl: string) {}

  async import(order: ImportOrder): Promise<HostileResult> {
    this.child ??= await this.start();
    const { child } = this;
    const start = performance.now();
    const result = await new Promise<HostileResult>((resolve) => {
      const timer = setTimeout(() => resolve("hangs"), PATIENCE_MS);
      const end = (value: HostileResult) => {
        clearTimeout(timer);
        child.removeAllListeners("message").removeAllListeners("close");
        resolve(value);
      };
      child.once("message", (answer) =>
        end({ ...(answer as HostileAnswer), ms: performance.now() - start }),
      );
      child.once("close", () => end("crashes"));
      child.send(order);
    });
    if (typeof result === "string") {
      await this.close();
    }
    return result;
  }

  async close(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child && child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once("close", resolve));
      child.kill("SIGKILL");
      await gone;
    }
  }

  private async start(): Promise<ChildProcess> {
    const child = spawn(
      process.execPath,
      ["--import", "tsx", "tests/faults/hostile-child.ts", this.workerUrl],
      { stdio: ["ignore", "inherit", "inherit", "ipc"] },
    );
    await new Promise<void>((resolve, reject) => {
      child.once("message", () => resolve());
      child.once("exit", () => reject(new Error("the process ended before it was ready")));
    });
    return child;
  }
}
