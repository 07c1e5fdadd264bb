import { expect, test } from "vitest";
import { isIsoDate } from "@/lib/iso-date";

test("a date is one that the calendar has, in every month of plain and leap years", () => {
  const wrong: string[] = [];
  for (const year of ["0001", "1900", "2000", "2023", "2024", "9999"]) {
    for (let month = 0; month <= 13; month += 1) {
      for (let day = 0; day <= 32; day += 1) {
        const text = [year, ...[month, day].map((part) => String(part).padStart(2, "0"))].join("-");
        const date = new Date(`${text}T00:00:00Z`);
        const there = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
        if (isIsoDate(text) !== there) {
          wrong.push(text);
        }
      }
    }
  }
  expect(wrong).toEqual([]);
  for (const text of [
    "0000-01-01",
    "2026-1-01",
    "2026-01-1",
    "2026-01-01 ",
    "26-01-01",
    "２026-01-01",
    "",
  ]) {
    expect([text, isIsoDate(text)]).toEqual([text, false]);
  }
});
