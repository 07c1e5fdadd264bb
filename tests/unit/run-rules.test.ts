import { describe, expect, test } from "vitest";
import {
  csvCell,
  defaultRunName,
  euroCell,
  isRunName,
  parseCutOff,
  takesDocuments,
} from "@/lib/runs/rules";

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

  test("R15 only a frozen or loaded run takes documents", () => {
    const states = ["scheduled", "frozen", "loaded", "published", "closed", "cancelled"] as const;
    expect(states.filter(takesDocuments)).toEqual(["frozen", "loaded"]);
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
