import { spawn } from "node:child_process";
import { program } from "../setup/program";
import type { StepOrder } from "./step-child";

export interface StepChild {
  go(): void;
  kill(): void;
  /** What came of its calls; nothing when it was killed. Settles once the process is gone. */
  outcomes: Promise<string[]>;
}

/** Starts a process that is connected and waits for the word. */
export async function readyChild(order: StepOrder): Promise<StepChild> {
  const child = spawn(
    process.execPath,
    [...program("tests/faults/step-child.ts"), JSON.stringify(order)],
    // The driver complains aloud when the database ends its connection.
    { stdio: ["ignore", "inherit", "ignore", "ipc"] },
  );
  let said: string[] = [];
  const ready = new Promise<void>((resolve, reject) => {
    child.on("message", (message) => {
      if (Array.isArray(message)) {
        said = message;
      }
      resolve();
    });
    child.once("exit", () => reject(new Error("the fault's process ended before it was ready")));
  });
  const outcomes = new Promise<string[]>((resolve) => {
    child.once("close", () => resolve(said));
  });
  await ready;
  return {
    go: () => child.send("go"),
    kill: () => child.kill("SIGKILL"),
    outcomes,
  };
}
