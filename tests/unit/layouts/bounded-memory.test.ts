import { describe, expect, test } from "vitest";
import { plainLong, read, refusal } from "./read-file";

const day = (at: number) =>
  new Date(Date.UTC(2020, 0, 1) + at * 86_400_000).toISOString().slice(0, 10);
const lines = <Line>(count: number, line: (at: number) => Line) =>
  Array.from({ length: count }, (_, at) => line(at));

describe("days that lie open", () => {
  const hourly = plainLong({ intervalMinutes: 60 });

  test("a year may come register after register; of two years the first is closed too soon", async () => {
    const layout = plainLong({
      intervalMinutes: 60,
      register: { column: "r", values: { day: "consumption", night: "consumption" } },
    });
    const of = (days: number, register: string) =>
      lines(days, (at) => `${day(at)} 01:00;1;${register}`);
    const year = await read(["at;wh;r", ...of(366, "day"), ...of(366, "night")], layout);
    expect(year).toHaveLength(366);
    expect(year.every(({ values }) => values[1] === 2)).toBe(true);
    const sentences = await refusal(
      read(["at;wh;r", ...of(730, "day"), ...of(730, "night")], layout),
    );
    expect(sentences[0]).toBe(
      "r.csv, line 732: 2020-01-01 was already closed, since too many days lay open; sort the file by contract and time",
    );
  });

  test("days that the limits close are told once, whole, and in order", async () => {
    const days = await read(["at;wh", ...lines(1_000, (at) => `${day(at)} 01:00;${at}`)], hourly);
    expect(days.map(({ localDay }) => localDay)).toEqual(lines(1_000, day));
    expect(days.map(({ values }) => values[1])).toEqual(lines(1_000, (at) => at));
  });

  test("many contracts by time: those of long ago are closed, the current one never is", async () => {
    const layout = plainLong({ of: { by: "contract_number", column: "c" } });
    const contracts = 1_000;
    const rows = lines(contracts * 6, (at) => {
      const round = Math.floor(at / contracts);
      return `C${at % contracts};${day(Math.floor(round / 2))} 0${round % 2}:00;7`;
    });
    const days = await read(["c;at;wh", ...rows], layout);
    expect(days).toHaveLength(contracts * 3);
    expect(days.every(({ values }) => values[0] === 7 && values[4] === 7)).toBe(true);
    const tooMany = lines(
      6_000,
      (at) => `C${at % 3_000};2020-01-01 0${Math.floor(at / 3_000)}:00;7`,
    );
    expect((await refusal(read(["c;at;wh", ...tooMany], layout)))[0]).toMatch(
      /sort the file by contract and time/,
    );
  });
});
