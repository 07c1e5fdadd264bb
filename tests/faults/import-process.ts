import { spawn } from "node:child_process";
import { program } from "../setup/program";
import type { ImportOrders, ImportReport } from "./import-child";

export interface ImportProcess {
  go(): void;
  kill(): void;
  /** Settles once it stands before the batch at which it was to hold. */
  held: Promise<void>;
  /** What came of its imports; undefined when it was killed. Settles once the process is gone. */
  report: Promise<ImportReport | undefined>;
}

/** Starts a process that is connected and waits for the word to import. */
export async function readyImport(orders: ImportOrders): Promise<ImportProcess> {
  const child = spawn(
    process.execPath,
    [...program("tests/faults/import-child.ts"), JSON.stringify(orders)],
    { stdio: ["ignore", "inherit", "inherit", "ipc"] },
  );
  let said: ImportReport | undefined;
  let hold = () => {};
  const held = new Promise<void>((resolve) => {
    hold = resolve;
  });
  const ready = new Promise<void>((resolve, reject) => {
    child.on("message", (message) => {
      if (message === "held") {
        hold();
      } else if (message !== "ready") {
        said = message as ImportReport;
      }
      resolve();
    });
    child.once("exit", () => reject(new Error("the import's process ended before it was ready")));
  });
  const report = new Promise<ImportReport | undefined>((resolve) => {
    child.once("close", () => resolve(said));
  });
  await ready;
  return { go: () => child.send("go"), kill: () => child.kill("SIGKILL"), held, report };
}

/**
 * Imports in a process of its own, to the end.
 * @throws {Error} if it was refused or broke off
 */
export async function importInProcess(orders: ImportOrders): Promise<ImportReport> {
  const child = await readyImport(orders);
  child.go();
  const report = await child.report;
  const refused = report?.outcomes.find((outcome) => "lines" in outcome);
  if (!report || refused) {
    throw new Error(`the import broke off: ${JSON.stringify(refused ?? "its process ended")}`);
  }
  return report;
}
