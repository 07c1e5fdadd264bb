import { describe, expect, test } from "vitest";
import { alertSchema, selfReadingSchema } from "@/lib/consumption/schema";
import { doubtOf, isOpen, nextOpenDays, type ReadingWindow } from "@/lib/consumption/self-reading";

const window = (over: Partial<ReadingWindow> = {}): ReadingWindow => ({
  ...{ opensOnDay: 20, closesOnDay: 31, validFrom: "2020-01-01", validUntil: null },
  ...over,
});

describe("nextOpenDays", () => {
  test("is this month's window until its last day, then the next month's", () => {
    expect(nextOpenDays([window()], "2026-11-05")).toEqual({
      from: "2026-11-20",
      to: "2026-11-30",
    });
    expect(nextOpenDays([window()], "2026-11-30")).toEqual({
      from: "2026-11-20",
      to: "2026-11-30",
    });
    const early = window({ opensOnDay: 1, closesOnDay: 5 });
    expect(nextOpenDays([early], "2026-12-06")).toEqual({ from: "2027-01-01", to: "2027-01-05" });
  });

  test("31 is the last day of a short month, also of February", () => {
    expect(nextOpenDays([window()], "2027-02-10")?.to).toBe("2027-02-28");
    expect(nextOpenDays([window({ opensOnDay: 28 })], "2028-02-10")).toEqual({
      from: "2028-02-28",
      to: "2028-02-29",
    });
  });

  test("a window holds from its first day on and ends when another begins", () => {
    const windows = [
      window({ validUntil: "2026-12-01" }),
      window({ opensOnDay: 1, closesOnDay: 3, validFrom: "2026-12-01" }),
    ];
    expect(nextOpenDays(windows, "2026-11-25")?.from).toBe("2026-11-20");
    expect(nextOpenDays(windows, "2026-12-02")).toEqual({ from: "2026-12-01", to: "2026-12-03" });
    expect(nextOpenDays([window({ validUntil: "2026-01-01" })], "2026-11-25")).toBeNull();
    expect(nextOpenDays([], "2026-11-25")).toBeNull();
  });

  test("begins and ends within a month on the day that says so, and is told of months ahead", () => {
    const ending = window({ validUntil: "2026-12-25" });
    expect(nextOpenDays([ending], "2026-12-22")).toEqual({ from: "2026-12-20", to: "2026-12-24" });
    expect(nextOpenDays([ending], "2026-12-28")).toBeNull();
    const beginning = window({ validFrom: "2026-11-25" });
    expect(nextOpenDays([beginning], "2026-11-21")?.from).toBe("2026-11-25");
    const later = window({ validFrom: "2027-04-01" });
    expect(nextOpenDays([later], "2026-11-21")?.from).toBe("2027-04-20");
  });

  test("is open on its first and last day, and on no other", () => {
    const days = nextOpenDays([window()], "2026-11-20");
    const open = (day: string) => isOpen(days, day);
    expect(["2026-11-19", "2026-11-20", "2026-11-30", "2026-12-01"].map(open)).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});

describe("doubtOf", () => {
  const last = { readOn: "2026-08-31", countThousandths: 1_000_000 };
  const told = (countThousandths: number) => ({ readOn: "2026-11-30", countThousandths });
  // 91 days of a year of 1,460 m³: 364 m³ are expected.
  const annual = 1_460_000;

  test("has none of what is expected, of a first count, and of little", () => {
    expect(doubtOf(told(1_364_000), { last }, annual)).toBeNull();
    expect(doubtOf(told(5), { last: null }, annual)).toBeNull();
    expect(doubtOf(told(1_364_000), { last }, null)).toBeNull();
    expect(doubtOf(told(1_004_000), { last }, 1_000)).toBeNull();
  });

  test("asks about a count of an earlier day that is higher than a later one's", () => {
    const next = { readOn: "2026-12-05", countThousandths: 1_300_000 };
    expect(doubtOf(told(1_364_000), { last, next }, annual)).toBe("much_more");
    expect(doubtOf(told(1_364_000), { last: null, next }, null)).toBe("much_more");
  });

  test("asks about less than the last one, much more and much less", () => {
    expect(doubtOf(told(999_999), { last }, annual)).toBe("lower");
    expect(doubtOf(told(1_911_000), { last }, annual)).toBe("much_more");
    expect(doubtOf(told(1_090_000), { last }, annual)).toBe("much_less");
  });
});

describe("the forms", () => {
  test("R27 a count has a decimal comma or point; what may be thousands is asked about", () => {
    const read = (count: string) =>
      selfReadingSchema.safeParse({ contractId: "c", readOn: "2026-11-25", count });
    const counts = ["12345", "12,345", "1234.567", "12.3"].map((count) => read(count).data?.count);
    expect(counts).toEqual([12_345_000, 12_345, 1_234_567, 12_300]);
    expect(read("12.345").error?.issues).toMatchObject([{ message: "countAmbiguous" }]);
    expect(read("-1").error?.issues).toMatchObject([{ message: "countWrong" }]);
  });

  test("mails are turned off whatever stands in the threshold, and on with one from 10 to 500", () => {
    const read = (over: object) => alertSchema.safeParse({ contractId: "c", ...over });
    expect(read({ thresholdPercent: "" }).data).toEqual({
      contractId: "c",
      thresholdPercent: null,
    });
    expect(read({ tell: "yes", thresholdPercent: "50" }).data?.thresholdPercent).toBe(50);
    for (const thresholdPercent of ["", "9", "501", "many"]) {
      expect(read({ tell: "yes", thresholdPercent }).error?.issues).toMatchObject([
        { path: ["thresholdPercent"], message: "thresholdRange" },
      ]);
    }
  });
});
