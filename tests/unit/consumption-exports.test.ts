import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { XmlDocument, XsdValidator } from "libxml2-wasm";
import { describe, expect, test } from "vitest";
import { fromBuffer } from "yauzl";
import { intervalsOfDay } from "@/lib/consumption/bands";
import { csvOfDays, csvOfTotals } from "@/lib/consumption/exports/csv-file";
import { intervalsOf } from "@/lib/consumption/exports/exported-days";
import { greenButtonOfDays } from "@/lib/consumption/exports/green-button-file";
import { jsonOfDays } from "@/lib/consumption/exports/json-file";
import { consumptionFile } from "@/lib/consumption/exports/json-schema";
import { sheetOfDays } from "@/lib/consumption/exports/sheet-file";
import { commonDays } from "@/lib/consumption/period";
import type { Commodity } from "@/lib/consumption/quantity";
import type { ConsumptionDay, MeteredContract } from "@/lib/consumption/queries";
import { MISSING } from "@/lib/consumption/rules";
import { consumptionDay } from "../factories/consumption-days";
import { read, refusal } from "./layouts/read-file";

const contract = (commodity: Commodity): MeteredContract => ({
  ...{ companyId: 1, id: "c", contractNumber: "=EL-1", commodity, companyName: "A" },
  ...{ supplyPoint: "IT001E00000001 & <co>", supplyAddress: "Via A 1" },
  ...{ contractedPowerKw: 3, availablePowerKw: 3.3, endsOn: null },
  ...{ firstDay: "2024-03-30", lastDay: "2024-10-28", injectedFrom: null, injectedTo: null },
});

/** Days around both clock changes, with gaps and estimates, and one in the other direction. */
function daysOf(minutes: number): ConsumptionDay[] {
  const dates = [
    "2024-03-30",
    "2024-03-31",
    "2024-04-01",
    "2024-10-26",
    "2024-10-27",
    "2024-10-28",
  ];
  const made = dates.map((localDay, at) => {
    const count = intervalsOfDay(localDay, minutes);
    const values = Array.from({ length: count }, (_, n) => (n * 37 + at * 101) % 997);
    if (count > 10) {
      values[7] = MISSING;
    }
    const quality = values
      .map((value, n) => (value === MISSING ? "m" : n % 5 === 4 ? "e" : "a"))
      .join("");
    return consumptionDay({ localDay, intervalMinutes: minutes, values, quality });
  });
  const injected = consumptionDay(
    { localDay: "2024-10-28", intervalMinutes: minutes, values: made[5]?.profile?.values ?? [] },
    { direction: "injection" },
  );
  return [...made, injected];
}

async function* each<Item>(items: Item[]): AsyncGenerator<Item> {
  yield* items;
}

async function textOf(lines: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const line of lines) {
    text += line;
  }
  return text;
}

/** A day of which nothing was measured. */
const unmeasured = consumptionDay({
  ...{ localDay: "2024-10-29", intervalMinutes: 60, values: Array(24).fill(MISSING) },
});

/** What matters of days, to compare those that went out with those that come in. */
const plain = (
  days: { localDay: string; direction: string; values: number[]; quality: string }[],
): string[] =>
  days
    .map(({ localDay, direction, values, quality }) =>
      [localDay, direction, values.join(), quality].join(" "),
    )
    .sort();
const sent = (days: ConsumptionDay[]) =>
  plain(
    days.map(({ localDay, direction, profile }) => ({
      ...{ localDay, direction },
      values: profile?.values ?? [],
      quality: profile?.quality ?? "",
    })),
  );
const sumOf = (days: ConsumptionDay[]) => days.reduce((sum, { total }) => sum + total, 0);

describe("the range of an export", () => {
  test("is what of it there is, and ends before it begins where there is nothing", () => {
    const known = { from: "2024-01-05", to: "2024-03-01" };
    expect(commonDays({ from: "2000-01-01", to: "2100-12-31" }, known)).toEqual(known);
    const inside = { from: "2024-02-01", to: "2024-02-02" };
    expect(commonDays(inside, known)).toEqual(inside);
    for (const asked of [
      { from: "2023-01-01", to: "2024-01-04" },
      { from: "2024-03-02", to: "2025-01-01" },
    ]) {
      const none = commonDays(asked, known);
      expect(none.from > none.to).toBe(true);
    }
  });
});

describe("an interval of an export", () => {
  test("R22 says Rome's time with its offset, over both clock changes", () => {
    const hours = (localDay: string) => {
      const values = Array.from({ length: intervalsOfDay(localDay, 60) }, () => 1);
      return intervalsOf(consumptionDay({ localDay, intervalMinutes: 60, values }));
    };
    expect(
      hours("2024-03-31")
        .map(({ start }) => start.slice(11))
        .slice(1, 3),
    ).toEqual(["01:00:00+01:00", "03:00:00+02:00"]);
    const autumn = hours("2024-10-27");
    expect(autumn.map(({ start }) => start.slice(11)).slice(1, 5)).toEqual([
      "01:00:00+02:00",
      "02:00:00+02:00",
      "02:00:00+01:00",
      "03:00:00+01:00",
    ]);
    expect(autumn.at(-1)?.end).toBe("2024-10-28T00:00:00+01:00");
    for (const interval of [...hours("2024-03-31"), ...autumn]) {
      expect(Date.parse(interval.end) - Date.parse(interval.start)).toBe(3_600_000);
    }
  });
});

describe("CSV", () => {
  test.each([15, 30, 60])(
    "R22 comes in again as it went out: intervals of %d minutes",
    async (minutes) => {
      const days = daysOf(minutes);
      const text = await textOf(
        csvOfDays({ ...contract("electricity"), contractNumber: "EL-1" }, each(days)),
      );
      expect(plain(await read(text))).toEqual(sent(days));
    },
  );

  test.each(["gas", "water"] as const)("R22 of %s, a value a day", async (commodity) => {
    const days = daysOf(1440).filter(({ direction }) => direction === "consumption");
    const text = await textOf(csvOfDays(contract(commodity), each(days)));
    expect(plain(await read(text))).toEqual(sent(days));
  });

  test("R22 by day has what the intervals add up to, and nothing where nothing was measured", async () => {
    const days = [...daysOf(15), unmeasured];
    const [header = "", ...lines] = (
      await textOf(csvOfTotals(contract("electricity"), each(days)))
    ).split("\r\n");
    expect(lines.pop()).toBe("");
    const rows = lines.map((line) => {
      const cells = line.split(";");
      return Object.fromEntries(header.split(";").map((name, at) => [name, cells[at]]));
    });
    expect(rows).toHaveLength(8);
    const base = (cell: string | undefined) => Math.round(Number(cell?.replace(",", ".")) * 1000);
    for (const [at, { total, f1, f2, f3, missing, intervals }] of rows.slice(0, -1).entries()) {
      const values = days[at]?.profile?.values ?? [];
      expect(base(total)).toBe(values.reduce((sum, value) => sum + Math.max(value, 0), 0));
      expect(base(f1) + base(f2) + base(f3)).toBe(base(total));
      expect([Number(intervals), Number(missing)]).toEqual([values.length, 1]);
    }
    expect(rows.at(-1)).toEqual({
      ...{ contract_number: "'=EL-1", day: "2024-10-29", direction: "consumption", unit: "kWh" },
      ...{ total: "", f1: "", f2: "", f3: "", bands: "" },
      ...{ intervals: "24", estimated: "0", missing: "24" },
    });
    expect(rows[0]?.bands).toBe("computed");
    const measured = { ...unmeasured, f1: 1_000, f2: 0, f3: 2_500, bandsMeasured: true };
    const told = await textOf(csvOfTotals(contract("electricity"), each([measured])));
    expect(told).toContain(";consumption;;kWh;1,000;0,000;2,500;measured;24;0;24");
  });

  test("by day is refused as readings, by its header", async () => {
    const text = await textOf(csvOfTotals(contract("electricity"), each(daysOf(60))));
    expect(await refusal(read(text))).not.toEqual([]);
  });

  test("no cell is a formula", async () => {
    for (const lines of [csvOfDays, csvOfTotals]) {
      const text = await textOf(lines(contract("electricity"), each(daysOf(60))));
      expect(text.split("\r\n")[1]).toMatch(/^'=EL-1;/);
    }
  });
});

describe("JSON", () => {
  test("R22 has integers in base units, null for what is missing, and the days' totals", async () => {
    const days = daysOf(15);
    const range = { from: "2024-03-30", to: "2024-10-28", resolution: "intervals" } as const;
    const text = await textOf(jsonOfDays(contract("electricity"), range, each(days)));
    const file = JSON.parse(text);
    expect(file).toMatchObject({ contractNumber: "=EL-1", baseUnit: "Wh", zone: "Europe/Rome" });
    const bases: (number | null)[] = file.days.flatMap(
      ({ intervals }: { intervals: { base: number | null }[] }) =>
        intervals.map(({ base }) => base),
    );
    expect(bases.filter((base) => base === null)).toHaveLength(7);
    expect(bases.reduce<number>((sum, base) => sum + (base ?? 0), 0)).toBe(sumOf(days));
    const none = await textOf(jsonOfDays(contract("electricity"), range, each([])));
    expect(JSON.parse(none).days).toEqual([]);
    for (const written of [text, none]) {
      expect(consumptionFile.parse(JSON.parse(written))).toEqual(JSON.parse(written));
    }
  });
});

describe("JSON by day", () => {
  test("R22 has totals alone, and null for a day of which nothing was measured", async () => {
    const days = [...daysOf(15), unmeasured];
    const range = { from: "2000-01-01", to: "2100-12-31", resolution: "days" } as const;
    const text = await textOf(jsonOfDays(contract("electricity"), range, each(days)));
    const file = consumptionFile.parse(JSON.parse(text));
    expect(text).not.toContain("minutes");
    expect(text).not.toContain('"intervals":');
    expect(file.days.at(-1)).toMatchObject({ total: null, bands: null, missing: 24 });
    expect(file.days.reduce((sum, { total }) => sum + (total ?? 0), 0)).toBe(sumOf(days));
  });
});

const schema = path.join(
  process.env.SPORTELLO_SAMPLES ?? "../shared/samples",
  "greenbutton/espi.xsd",
);

describe("Green Button", () => {
  const feed = async (commodity: Commodity, days: ConsumptionDay[]) =>
    await textOf(
      greenButtonOfDays(contract(commodity), each(days), new Date("2026-11-27T20:00:00Z")),
    );

  test.each(["electricity", "gas", "water"] as const)(
    "R22 of %s comes in again as it went out",
    async (commodity) => {
      const days = daysOf(60);
      expect(plain(await read(await feed(commodity, days)))).toEqual(sent(days));
    },
  );

  test.each([
    ["electricity", 0],
    ["gas", 1],
    ["water", 2],
    ["district_heating", 4],
  ] as const)("says what kind of service %s is", async (commodity, kind) => {
    expect(await feed(commodity, daysOf(60))).toContain(
      `<ServiceCategory><kind>${kind}</kind></ServiceCategory>`,
    );
  });

  test("the same export twice has the same ids", async () => {
    const ids = async () => (await feed("electricity", daysOf(15))).match(/<id>[^<]*<\/id>/g);
    const first = await ids();
    expect(await ids()).toEqual(first);
    expect(new Set(first).size).toBe(first?.length);
  });

  test.skipIf(!existsSync(schema) && !process.env.SPORTELLO_SAMPLES)(
    `R22 every resource holds to ${schema}`,
    async () => {
      const declared = XmlDocument.fromBuffer(readFileSync(schema));
      const validator = XsdValidator.fromDoc(declared);
      let resources = 0;
      for (const commodity of ["electricity", "gas", "water", "district_heating"] as const) {
        const contents = (await feed(commodity, daysOf(15))).matchAll(
          /<content>(.*?)<\/content>/gs,
        );
        for (const [, resource = ""] of contents) {
          const document = XmlDocument.fromString(resource);
          validator.validate(document);
          document.dispose();
          resources += 1;
        }
      }
      const wrong = XmlDocument.fromString(
        '<ReadingType xmlns="http://naesb.org/espi"><uom>72</uom><commodity>1</commodity></ReadingType>',
      );
      expect(() => validator.validate(wrong)).toThrow();
      wrong.dispose();
      validator.dispose();
      declared.dispose();
      expect(resources).toBe(4 * (2 + 4 + 7));
    },
  );
});

describe("XLSX", () => {
  const near = { from: "2024-10-01", to: "2024-10-31", resolution: "intervals" } as const;
  const words = {
    ...{ days: "Giorni", intervals: "Intervalli", day: "Giorno", direction: "Verso" },
    ...{ start: "Inizio", end: "Fine", total: "Quantità", note: "Nota" },
    ...{ estimated: "stimato", missing: "mancante" },
    directions: { consumption: "prelievo", injection: "immissione" },
  };

  async function sheets(bytes: Buffer): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    await new Promise<void>((resolve, reject) => {
      fromBuffer(bytes, { lazyEntries: true }, (error, zip) => {
        if (error || !zip) {
          reject(error);
          return;
        }
        zip.on("entry", (entry) => {
          zip.openReadStream(entry, async (_error, stream) => {
            const chunks: Buffer[] = [];
            for await (const chunk of stream ?? []) {
              chunks.push(chunk as Buffer);
            }
            found.set(entry.fileName, Buffer.concat(chunks).toString());
            zip.readEntry();
          });
        });
        zip.on("end", resolve);
        zip.readEntry();
      });
    });
    return found;
  }

  test("R22 of a longer range it has the days alone", async () => {
    const long = { from: "2024-03-30", to: "2024-10-28", resolution: "intervals" } as const;
    const files = await sheets(
      await sheetOfDays(contract("electricity"), long, each(daysOf(15)), words),
    );
    expect(files.has("xl/worksheets/sheet1.xml")).toBe(true);
    expect(files.has("xl/worksheets/sheet2.xml")).toBe(false);
  });

  test("R22 by day it has the days alone, and a day without a measure is empty", async () => {
    const days = [...daysOf(15), unmeasured];
    const files = await sheets(
      await sheetOfDays(
        contract("electricity"),
        { ...near, resolution: "days" },
        each(days),
        words,
      ),
    );
    expect(files.has("xl/worksheets/sheet2.xml")).toBe(false);
    const sheet = files.get("xl/worksheets/sheet1.xml") ?? "";
    const numberIn = (cell: string) =>
      new RegExp(`<c r="${cell}"[^>]*>\\s*<v>([\\d.]+)</v>`).exec(sheet)?.[1];
    expect(numberIn("C2")).toBe(String((days[0]?.total ?? 0) / 1000));
    const last = days.length + 1;
    expect(["C", "D", "E", "F"].map((column) => numberIn(`${column}${last}`))).toEqual(
      Array(4).fill(undefined),
    );
    expect(numberIn(`H${last}`)).toBe("24");
  });

  test("R22 R27 a sheet of days and one of intervals, numbers as numbers, gaps empty", async () => {
    const days = daysOf(15);
    const files = await sheets(await sheetOfDays(contract("electricity"), near, each(days), words));
    expect(files.get("xl/workbook.xml")).toMatch(/name="Giorni".*name="Intervalli"/s);
    const rows = (name: string) => files.get(name)?.match(/<row /g)?.length ?? 0;
    expect(rows("xl/worksheets/sheet1.xml")).toBe(1 + 7);
    expect(rows("xl/worksheets/sheet2.xml")).toBe(1 + 96 * 5 + 92 + 100);
    const numbers = [
      ...(files.get("xl/worksheets/sheet2.xml") ?? "").matchAll(
        /<c r="D\d+"[^>]*>\s*<v>([\d.]+)<\/v>/g,
      ),
    ];
    const sum = numbers.reduce((total, [, value]) => total + Math.round(Number(value) * 1000), 0);
    // The header is text, and points into the list of texts.
    const header = /<c r="D1"[^>]*t="s"/.test(files.get("xl/worksheets/sheet2.xml") ?? "");
    expect(header).toBe(true);
    const first = Math.round(Number(numbers[0]?.[1]) * 1000);
    expect(sum - first).toBe(sumOf(days));
  });
});
