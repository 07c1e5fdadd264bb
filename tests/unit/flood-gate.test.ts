import { describe, expect, test } from "vitest";
import { FloodGate, isCostly } from "@/lib/auth/flood-gate";

describe("the gate before sign-ins", () => {
  test("lets a few in at once, and in a flood one by one until it is over", () => {
    const gate = new FloodGate();
    for (let request = 0; request < 8; request += 1) {
      expect(gate.enter(0)).toBe(true);
    }
    expect(gate.enter(1)).toBe(false);
    for (let request = 0; request < 7; request += 1) {
      gate.leave();
    }
    // One is still inside, and the flood is not over.
    expect(gate.enter(2)).toBe(false);
    gate.leave();
    expect(gate.enter(3)).toBe(true);
    expect(gate.enter(4)).toBe(false);
    expect(gate.enter(5_005)).toBe(true);
  });

  test.each([
    ["POST", "/login", true],
    ["POST", "/en/signup?company=x", true],
    ["POST", "/de/staff/login", true],
    ["POST", "/reset-password?token=x", true],
    ["GET", "/login", false],
    ["POST", "/profile", false],
    ["POST", "/login/other", false],
    [undefined, undefined, false],
  ])("%s %s is for it: %s", (method, url, costly) => {
    expect(isCostly(method, url)).toBe(costly);
  });
});
