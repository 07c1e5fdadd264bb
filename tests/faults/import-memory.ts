import { existsSync, readFileSync } from "node:fs";

const STATUS = "/proc/self/status";

/**
 * The most resident memory this process had so far, in MB. What `resourceUsage` tells begins with that of
 * the process it was started by; where the system has no better, it is what there is now.
 */
export function peakMb(): number {
  const found = existsSync(STATUS) && /VmHWM:\s+(\d+) kB/.exec(readFileSync(STATUS, "utf8"));
  return found ? Number(found[1]) / 1024 : process.memoryUsage.rss() / 2 ** 20;
}
