import { expect, test } from "vitest";
import { RecentSupplies } from "@/lib/imports/layouts/recent-supplies";
import { plainLong, read } from "./read-file";

test("of a million supplies the last ones are remembered, and those that are needed", () => {
  const supplies = new RecentSupplies<{ at: number; open: boolean }>(({ open }) => open, 1_000);
  supplies.set("open", { at: -1, open: true });
  let most = 0;
  for (let at = 0; at < 100_000; at += 1) {
    supplies.set(`S${at}`, { at, open: false });
    most = Math.max(most, supplies.size);
  }
  expect(most).toBeLessThanOrEqual(2_001);
  expect(supplies.get("open")).toMatchObject({ at: -1 });
  expect(supplies.get("S99999")).toMatchObject({ at: 99_999 });
  expect(supplies.get("S0")).toBeUndefined();
});

test("who is asked for again and again is not forgotten", () => {
  const supplies = new RecentSupplies<number>(() => false, 10);
  supplies.set("often", 1);
  for (let at = 0; at < 1_000; at += 1) {
    supplies.set(`S${at}`, at);
    expect(supplies.get("often")).toBe(1);
  }
});

test("R22 a day that comes again after very many supplies is told again, for the database to find", async () => {
  const layout = plainLong({
    intervalMinutes: 1440,
    start: { column: "at", format: "yyyy-MM-dd" },
    of: { by: "contract_number", column: "c" },
  });
  const rows = Array.from({ length: 110_000 }, (_, at) => `C${at};2024-09-02;7`);
  const days = await read(["c;at;wh", ...rows, "C0;2024-09-02;7"], layout);
  expect(days).toHaveLength(110_001);
  expect(days.filter(({ of }) => of?.value === "C0").map(({ line }) => line)).toEqual([2, 110_002]);
}, 60_000);
