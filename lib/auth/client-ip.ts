import { isIPv6 } from "node:net";

/**
 * Who asks, from `x-forwarded-for`, to whose end our own server has put its peer (instrumentation.ts):
 * the entry before those of our own `hops` proxies. What stands further left anybody can write. Of an
 * IPv6 address the network's first 64 bits count: a household has all the rest.
 */
export function clientIp(forwardedFor: string | null, hops: number): string {
  const entries = (forwardedFor ?? "").split(",").map((entry) => entry.trim());
  const address = entries.at(-1 - hops) ?? entries[0] ?? "";
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "");
  return isIPv6(plain) ? network(plain) : plain || "unknown";
}

/**
 * Whether it is this machine itself: a trial, or a proxy beside the server that TRUSTED_PROXY_HOPS does not
 * count. All customers would be one address then, so limits for an address leave it out.
 */
export const isLoopback = (ip: string) => ip.startsWith("127.") || ip === LOOPBACK_NETWORK;

/** What `::1` counts by. */
const LOOPBACK_NETWORK = "0:0:0:0";

function network(address: string): string {
  const [left = "", right] = (address.split("%")[0] ?? "").split("::");
  const head = left === "" ? [] : left.split(":");
  const tail = right === undefined || right === "" ? [] : right.split(":");
  const missing = right === undefined ? 0 : 8 - head.length - tail.length;
  return [...head, ...Array<string>(missing).fill("0"), ...tail]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}
