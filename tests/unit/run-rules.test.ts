import { describe, expect, test } from "vitest";
import type { Actor, StaffActor } from "@/lib/auth/actor";
import {
  csvCell,
  defaultRunName,
  euroCell,
  isRunName,
  mayOperateRuns,
  maySeeRuns,
  parseCutOff,
  personOf,
  takesDocuments,
} from "@/lib/runs/rules";
import { stepOrderSchema } from "@/lib/runs/schema";

describe("runs", () => {
  test("R12 a cut-off is an instant or a time on Rome's clock, summer and winter", () => {
    const at = (text: string) => parseCutOff(text)?.toISOString();
    expect(at("2026-12-15T18:00")).toBe("2026-12-15T17:00:00.000Z");
    expect(at("2026-07-15 18:00")).toBe("2026-07-15T16:00:00.000Z");
    expect(at("2026-12-15T17:00:00Z")).toBe("2026-12-15T17:00:00.000Z");
    expect(at("2026-12-15T18:00:00+01:00")).toBe("2026-12-15T17:00:00.000Z");
  });

  test("R12 a cut-off of another century is a slip", () => {
    expect(parseCutOff("9999-12-31T18:00")).toBeNull();
    expect(parseCutOff("0001-01-01T00:00")).toBeNull();
    expect(parseCutOff("0000-01-01T00:00")).toBeNull();
    expect(parseCutOff("0000-01-01T00:00:00Z")).toBeNull();
  });

  test("R12 a run's name is short, fits a file's name and is no id", () => {
    for (const name of ["2026-12", "prova_1", "A.b"]) {
      expect(isRunName(name)).toBe(true);
    }
    const id = "01a20566-b9d5-7090-99ba-3a1a521626a7";
    for (const name of ["", " ", "../etc", "a\nb", "x".repeat(41), id]) {
      expect(isRunName(name)).toBe(false);
    }
  });

  test("R12 a time that Rome's clock never or twice shows is no cut-off", () => {
    expect(parseCutOff("2026-03-29T02:30")).toBeNull();
    expect(parseCutOff("2026-10-25T02:30")).toBeNull();
    for (const text of ["", "mid-December", "2026-12-15", "2026-13-15T18:00", "2026-02-30T18:00"]) {
      expect(parseCutOff(text)).toBeNull();
    }
  });

  test("R12 a run is called after the month of its cut-off in Rome, not in Greenwich", () => {
    expect(defaultRunName(new Date("2026-12-15T17:00:00Z"))).toBe("2026-12");
    expect(defaultRunName(new Date("2026-12-31T23:30:00Z"))).toBe("2027-01");
  });

  test("R28 operators and admins take steps, support looks, everybody else is denied", () => {
    const staff = (role: string) =>
      ({ kind: "staff", staffId: "1", sessionId: "2", role, name: "", email: "" }) as StaffActor;
    const system = { kind: "system", name: "worker" } as const;
    const may = (actor: Actor) => [mayOperateRuns(actor), maySeeRuns(actor)];
    expect(may(system)).toEqual([true, true]);
    expect(may(staff("operator"))).toEqual([true, true]);
    expect(may(staff("admin"))).toEqual([true, true]);
    expect(may(staff("support"))).toEqual([false, true]);
    expect(may(staff("king"))).toEqual([false, false]);
    expect(may({ kind: "visitor" })).toEqual([false, false]);
    expect(personOf(system)).not.toBe(personOf(staff("admin")));
  });

  test("R15 only a frozen or loaded run takes documents", () => {
    const states = ["scheduled", "frozen", "loaded", "published", "closed", "cancelled"] as const;
    expect(states.filter(takesDocuments)).toEqual(["frozen", "loaded"]);
  });

  test("R21 bill numbers come as they are pasted, and no character that a database cannot hold", () => {
    const order = { step: "withdraw", company: "a", run: "b", reason: "wrong", checked: "yes" };
    const parsed = stepOrderSchema.parse({ ...order, billNumbers: "B-1\0B-2,\u0007B-3; B-1\r\n" });
    expect(parsed).toMatchObject({ billNumbers: ["B-1", "B-2", "B-3"] });
  });

  test("the plan's cells are quoted and never a spreadsheet's formula", () => {
    expect(["=1+1", "+39", "-5", "@x", "\tx", "a@b.example", 'a;"b"'].map(csvCell)).toEqual([
      "'=1+1",
      "'+39",
      "'-5",
      "'@x",
      "'\tx",
      "a@b.example",
      '"a;""b"""',
    ]);
    expect([0, 5, 1250, -5].map(euroCell)).toEqual(["0,00", "0,05", "12,50", "-0,05"]);
  });
});
