import { describe, expect, test } from "vitest";
import { currentMark, plainPath, trailOf } from "@/components/shell/trail";

describe("where a page lies", () => {
  test.each([
    ["/overview", []],
    ["/bills", []],
    ["/bills/7", ["/overview", "/bills"]],
    ["/bills/7/delivery", ["/overview", "/bills", "/bills/7"]],
    ["/contracts/7/remove", ["/overview", "/contracts", "/contracts/7"]],
    ["/consumption/statistics", ["/overview", "/consumption"]],
    ["/notifications/account/7/8", ["/overview", "/notifications"]],
    ["/profile/access/second-factor", ["/overview", "/profile", "/profile/access"]],
    ["/elsewhere/7", []],
    ["/help", ["/overview"]],
    ["/sample-bill/prova", ["/overview", "/help"]],
    ["/receipt/7", ["/overview"]],
    ["/staff", []],
    ["/staff/search", []],
    ["/staff/bills/7", ["/staff", "/staff/search"]],
    ["/staff/complaints/7", ["/staff", "/staff/complaints"]],
    ["/staff/runs/prova/2026-12", ["/staff", "/staff/runs"]],
    ["/staff/runs/prova/2026-12/plan", ["/staff", "/staff/runs", "/staff/runs/prova/2026-12"]],
    ["/staff/notifications/bill/7", ["/staff"]],
  ])("%s", (path, trail) => {
    expect(trailOf(path).map(({ href }) => href)).toEqual(trail);
  });

  test.each([
    ["/", []],
    ["/help", ["/"]],
    ["/direct-debit/prova", ["/", "/help"]],
    ["/signup", ["/"]],
    ["/signup/sent", ["/", "/signup"]],
    ["/login/code", ["/", "/login"]],
    ["/forgot-password", ["/", "/login"]],
    ["/confirm", []],
  ])("%s, for whoever is not signed in", (path, trail) => {
    expect(trailOf(path, false).map(({ href }) => href)).toEqual(trail);
  });

  test.each([
    ["/bills", "/bills", "page"],
    ["/bills", "/bills/7", "true"],
    ["/bills", "/bills-of-others", undefined],
    ["/staff", "/staff/runs", undefined],
    ["/staff/runs", "/staff/runs/a/b", "true"],
  ])("a link to %s on %s: %s", (href, path, mark) => {
    expect(currentMark(href, path)).toBe(mark);
  });

  test("addresses are compared without their language", () => {
    expect(["/en/bills", "/bills", "/de", "/it/bills"].map(plainPath)).toEqual([
      ...["/bills", "/bills", "/", "/bills"],
    ]);
  });
});
