import type { Client } from "@/lib/auth/sign-in";

let serial = 0;

/** Somebody at a browser that no account knows, at an address that no other test uses. */
export function makeClient(over: Partial<Client> = {}): Client {
  serial += 1;
  const ip = `10.${(serial >> 16) & 255}.${(serial >> 8) & 255}.${serial & 255}`;
  return { ip, device: null, userAgent: null, ...over };
}
