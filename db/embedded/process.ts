import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Does a process with this id exist (also another user's)? */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) {
    return false;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * When a process began, in the system's own words: together with its id it names one process for
 * good, where the id alone is given away again. Empty when it cannot be told.
 */
export async function processStart(pid: number): Promise<string> {
  const fields = await statFields(pid);
  if (fields) {
    return fields[19] ?? "";
  }
  const { stdout } = await run("ps", ["-o", "lstart=", "-p", String(pid)]).catch(() => ({
    stdout: "",
  }));
  return stdout.trim();
}

/** Is this still the process that noted `start` as its beginning? */
export async function isSameProcess(pid: number, start: string): Promise<boolean> {
  return isAlive(pid) && (start === "" || (await processStart(pid)) === start);
}

/** The id of a process's parent; undefined when it cannot be told. */
export async function parentOf(pid: number): Promise<number | undefined> {
  const fields = await statFields(pid);
  if (fields) {
    return Number(fields[1]);
  }
  const { stdout } = await run("ps", ["-o", "ppid=", "-p", String(pid)]).catch(() => ({
    stdout: "",
  }));
  return Number(stdout.trim()) || undefined;
}

/** The command line of a process, words separated by spaces; empty when it cannot be told. */
export async function commandOf(pid: number): Promise<string> {
  const words = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => undefined);
  if (words !== undefined) {
    return words.replaceAll("\0", " ").trim();
  }
  const { stdout } = await run("ps", ["-o", "command=", "-p", String(pid)]).catch(() => ({
    stdout: "",
  }));
  return stdout.trim();
}

/** `/proc/PID/stat` from the state on: the name before it may hold spaces and brackets. */
async function statFields(pid: number): Promise<string[] | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  return text?.slice(text.lastIndexOf(")") + 2).split(" ");
}
