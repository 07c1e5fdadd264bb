import { describe, expect, test } from "vitest";
import { clientIp, isLoopback } from "@/lib/auth/client-ip";

describe("clientIp", () => {
  test("without proxies of our own only the peer counts, whatever a browser writes", () => {
    expect(clientIp("203.0.113.7", 0)).toBe("203.0.113.7");
    expect(clientIp("1.1.1.1, 2.2.2.2, 203.0.113.7", 0)).toBe("203.0.113.7");
  });

  test("behind our own proxies it is what the outermost of them saw", () => {
    expect(clientIp("203.0.113.7, 10.0.0.1", 1)).toBe("203.0.113.7");
    expect(clientIp("6.6.6.6, 203.0.113.7, 10.0.0.2, 10.0.0.1", 2)).toBe("203.0.113.7");
  });

  test("fewer entries than proxies, or none, still give something to count by", () => {
    expect(clientIp("10.0.0.1", 3)).toBe("10.0.0.1");
    expect(clientIp(null, 0)).toBe("unknown");
    expect(clientIp("", 1)).toBe("unknown");
  });

  test("this machine itself is told apart: limits for an address leave it out", () => {
    for (const own of ["127.0.0.1", "::1", "::ffff:127.0.0.1"]) {
      expect(isLoopback(clientIp(own, 0))).toBe(true);
    }
    for (const other of ["203.0.113.7", "2001:db8::1", "10.127.0.1", null]) {
      expect(isLoopback(clientIp(other, 0))).toBe(false);
    }
  });

  test("an IPv6 address counts by its network, a mapped IPv4 as itself", () => {
    const same = ["2001:db8:1:2::1", "2001:0db8:0001:0002:ffff::9", "2001:db8:1:2:a:b:c:d"];
    expect(new Set(same.map((address) => clientIp(address, 0)))).toEqual(new Set(["2001:db8:1:2"]));
    expect(clientIp("::1", 0)).toBe("0:0:0:0");
    expect(clientIp("::ffff:203.0.113.7", 0)).toBe("203.0.113.7");
  });
});
