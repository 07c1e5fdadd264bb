import { type LookupAddress, type LookupOptions, lookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** IPv4 that is of no public host (IANA's special-purpose registry). */
const SPECIAL = new BlockList();
for (const [network, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
] as const) {
  SPECIAL.addSubnet(network, bits, "ipv4");
}
/** Of IPv6 public hosts are in 2000::/3, less what stands for other addresses or for nobody. */
const GLOBAL = new BlockList();
GLOBAL.addSubnet("2000::", 3, "ipv6");
for (const [network, bits] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const) {
  SPECIAL.addSubnet(network, bits, "ipv6");
}

/** Whether an address is one that anybody on the net could be reached at. */
export function isPublicAddress(address: string): boolean {
  const kind = isIP(address);
  return kind === 6
    ? GLOBAL.check(address, "ipv6") && !SPECIAL.check(address, "ipv6")
    : kind === 4 && !SPECIAL.check(address, "ipv4");
}

/** A name that leads to no public address: nobody is asked there. */
export class PrivateAddressError extends Error {
  override name = "PrivateAddressError";
}

/**
 * Looks a name up for a connection, which is then made to what was looked at here: a name that leads elsewhere a
 * moment later gains nothing. Private addresses are left out; an operator who means one writes it itself.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...(options as LookupOptions), all: true }, (error, found) => {
    const open = error
      ? []
      : (found as LookupAddress[]).filter(({ address }) => isPublicAddress(address));
    const [first] = open;
    if (error || !first) {
      callback(error ?? new PrivateAddressError("the name leads to no public address"), "", 0);
    } else if (options.all) {
      callback(null, open);
    } else {
      callback(null, first.address, first.family);
    }
  });
};

/**
 * What is wrong with an endpoint's address, in words; null if nothing is. Plain HTTP is for this machine itself.
 */
export function urlFault(text: string): string | null {
  if (!URL.canParse(text)) {
    return "must be an address such as https://billing.example.it/events";
  }
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (protocol !== "https:" && !(protocol === "http:" && hostname === "127.0.0.1")) {
    return "must begin with https:// (http:// is for 127.0.0.1 only)";
  }
  if (username !== "" || password !== "") {
    return "must hold no password; deliveries are signed";
  }
  return hash === "" ? null : "must have no part after #; it would never be sent";
}
