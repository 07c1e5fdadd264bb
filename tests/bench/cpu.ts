import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

const TICKS_PER_SECOND = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

interface ProcessTimes {
  parent: number;
  ticks: number;
}

function processes(): Map<number, ProcessTimes> {
  const all = new Map<number, ProcessTimes>();
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      // The name, second, may contain spaces; the rest begins after its closing bracket.
      const fields = stat
        .slice(stat.lastIndexOf(")") + 2)
        .split(" ")
        .map(Number);
      const [, parent = 0] = fields;
      // utime, stime, and those of children that have ended and been waited for.
      const ticks = fields.slice(11, 15).reduce((sum, value) => sum + value, 0);
      all.set(Number(entry), { parent, ticks });
    } catch {
      // It ended between the listing and the reading.
    }
  }
  return all;
}

/** CPU seconds (user and system) that a process and all below it have used so far. */
export function cpuSeconds(root: number): number {
  const all = processes();
  const below = (pid: number): boolean =>
    pid === root || (all.has(pid) && pid > 1 && below(all.get(pid)?.parent ?? 0));
  let ticks = 0;
  for (const [pid, times] of all) {
    if (below(pid)) {
      ticks += times.ticks;
    }
  }
  return ticks / TICKS_PER_SECOND;
}
