import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect } from "vitest";
import { auditLog, dailyConsumption, imports, loadProfiles } from "@/db/schema";
import { importReadings, type ReadingsInput } from "@/lib/imports/commands/import-readings";
import { faultSentence, ImportRefusedError } from "@/lib/imports/errors";
import { makeCustomer } from "../factories/people";
import { test, type World } from "../setup/database";

const samples = process.env.SPORTELLO_SAMPLES ?? "../shared/samples";
const household = path.join(samples, "consumption/e-distribuzione-quarter-hours-2024-09.csv");

const folder = mkdtempSync(path.join(tmpdir(), "readings-"));
afterAll(() => rmSync(folder, { recursive: true }));

const clock = (at: number) =>
  `${String(Math.floor(at / 4) % 24).padStart(2, "0")}:${String((at % 4) * 15).padStart(2, "0")}`;
const HEADER = `Giorno;${Array.from({ length: 96 }, (_, at) => `${clock(at)}-${clock(at + 1)}`).join(";")}`;
const kwh = (text: string, over: Record<number, string> = {}, count = 96) =>
  Array.from({ length: count }, (_, at) => `"${over[at] ?? text}"`).join(";");
const line = (day: string, values = kwh("0,25")) => `"${day}";${values};`;

let files = 0;
function fileOf(...lines: string[]): string {
  files += 1;
  const file = path.join(folder, `readings-${files}.csv`);
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}

type Customer = Awaited<ReturnType<typeof makeCustomer>>;
const load = (
  world: World,
  { company, contract }: Customer,
  file: string,
  over: Partial<ReadingsInput> = {},
) =>
  world.worker((ctx) =>
    importReadings(ctx, {
      company: company.slug,
      contractNumber: contract.contractNumber,
      file,
      ...over,
    }),
  );

async function refused(world: World, work: Promise<unknown>): Promise<string[]> {
  const error = await work.then(
    () => null,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(ImportRefusedError);
  for (const table of [loadProfiles, dailyConsumption, auditLog]) {
    expect(await world.db.$count(table)).toBe(0);
  }
  return error instanceof ImportRefusedError ? error.faults.map(faultSentence) : [];
}

describe("importReadings", () => {
  test("R22 reads a day exactly, keeps the source, and writes import and audit rows", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const file = fileOf(
      HEADER,
      line("02/09/2024", kwh("0,1", { 0: "1", 1: "0,08", 2: "0,0050", 3: "" })),
    );
    expect(await load(world, customer, file)).toEqual({
      rows: 1,
      added: 1,
      changed: 0,
      unchanged: 0,
      totals: { [customer.contract.contractNumber]: 1000 + 80 + 5 + 92 * 100 },
    });
    const [profile] = await world.db.select().from(loadProfiles);
    expect(profile?.intervals.slice(0, 5)).toEqual([1000, 80, 5, -1, 100]);
    expect(profile).toMatchObject({ source: "e-distribuzione", intervalMinutes: 15, revision: 1 });
    expect(profile?.quality.slice(0, 5)).toBe("aaama");
    const [record] = await world.db.select().from(imports);
    const entries = await world.db.select().from(auditLog).orderBy(auditLog.action);
    expect(entries).toMatchObject([
      { action: "imported_readings", subjectId: record?.id },
      { action: "stored_readings", subjectId: customer.contract.id },
    ]);
    expect(record).toMatchObject({ kind: "readings", state: "done", rows: 1, added: 1 });
  });

  test("R22 the same file again changes nothing; a corrected day becomes a revision", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const days = [line("02/09/2024"), line("03/09/2024")];
    await load(world, customer, fileOf(HEADER, ...days));
    const again = await load(world, customer, fileOf(HEADER, ...days));
    expect(again).toMatchObject({ added: 0, changed: 0, unchanged: 2 });
    const corrected = fileOf(HEADER, line("02/09/2024"), line("03/09/2024", kwh("0,3")));
    expect(await load(world, customer, corrected)).toMatchObject({ changed: 1, unchanged: 1 });
    expect(await world.db.$count(loadProfiles)).toBe(3);
  });

  test("a dry run counts and changes nothing", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const file = fileOf(HEADER, line("02/09/2024"));
    expect(await load(world, customer, file, { dryRun: true })).toMatchObject({ added: 1 });
    for (const table of [loadProfiles, dailyConsumption, auditLog]) {
      expect(await world.db.$count(table)).toBe(0);
    }
    expect(await world.db.select().from(imports)).toMatchObject([{ state: "checked", added: 1 }]);
  });

  test("R22 the spring day has no quarter-hours from 2 to 3", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const skipped = { 8: "", 9: "0", 10: "0,000", 11: "" };
    const file = fileOf(HEADER, line("31/03/2024", kwh("0,1", skipped)));
    await load(world, customer, file, { layout: "e-distribuzione" });
    const [profile] = await world.db.select().from(loadProfiles);
    expect(profile?.intervals).toEqual(Array.from({ length: 92 }, () => 100));
    const bad = fileOf(HEADER, line("30/03/2025"));
    await expect(load(world, customer, bad)).rejects.toThrow(
      /line 2, column 02:00-02:15: the clocks skip this time on 30\/03\/2025/,
    );
  });

  test("R22 the autumn day is refused, since 96 columns would lose an hour", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const faults = await refused(
      world,
      load(world, customer, fileOf(HEADER, line("26/10/2024"), line("27/10/2024"))),
    );
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/line 3, column Giorno: 27\/10\/2024 has 25 hours/);
  });

  test("every fault is told by line and column, and nothing is changed", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const file = fileOf(
      HEADER,
      line("02/09/2024", kwh("0,1", { 1: "-0,1", 2: "n/a", 3: "0,0001", 4: "99999" })),
      line("31/09/2024"),
      line("03/09/2024"),
      line("2024-09-04"),
      line("03/09/2024"),
      line("05/09/2024", kwh("0,1", {}, 95)),
      line("06/09/2024", kwh("0,1", {}, 97)),
      line("01/01/2090"),
    );
    const name = path.basename(file);
    const faults = await refused(world, load(world, customer, file));
    expect(faults).toEqual([
      `${name}, line 2, column 00:15-00:30: "-0,1" is negative`,
      `${name}, line 2, column 00:30-00:45: "n/a" is not a number of kWh such as 0,139`,
      `${name}, line 2, column 00:45-01:00: "0,0001" is finer than a watt-hour (0,001 kWh)`,
      `${name}, line 2, column 01:00-01:15: "99999" kWh in a quarter of an hour is more than any supply`,
      `${name}, line 3, column Giorno: "31/09/2024" is not a day such as 01/09/2024`,
      `${name}, line 5, column Giorno: "2024-09-04" is not a day such as 01/09/2024`,
      `${name}, line 6: 2024-09-03 stands there twice, already on line 4`,
      `${name}, line 7: the line has 95 values, and a day has 96 columns`,
      `${name}, line 8: the line has 97 values, and a day has 96 columns`,
      `${name}, line 9: 2090-01-01 is still to come`,
    ]);
  });

  test.for<[string, string[], RegExp]>([
    [
      "a wrong column",
      [HEADER.replace("02:45-03:00", "02:45-03:15")],
      /line 1, column 02:45-03:00: column 13 must be 02:45-03:00, but is "02:45-03:15"/,
    ],
    ["a column too many", [`${HEADER};pod`], /line 1, column pod: this column is unknown/],
    [
      "a column too few",
      [HEADER.replace(";23:45-00:00", "")],
      /column 97 must be 23:45-00:00, but is missing/,
    ],
    [
      "an unknown header",
      ["a;b;c"],
      /line 1: the header is of no known layout; known are e-distribuzione \(Giorno…\), portale/,
    ],
    ["no days", [HEADER], /the file has a header and no days/],
    ["an empty file", [""], /the file is empty/],
  ])("refuses %s in one sentence", async ([, lines, sentence], { world }) => {
    const customer = await makeCustomer(world.db);
    const faults = await refused(world, load(world, customer, fileOf(...lines)));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(sentence);
  });

  test("refuses an unknown file, company, contract, layout and a contract of another kind", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const gas = await makeCustomer(world.db, { contract: { commodity: "district_heating" } });
    const file = fileOf(HEADER, line("02/09/2024"));
    const sentence = async (work: Promise<unknown>) => (await refused(world, work)).join("\n");
    expect(await sentence(load(world, customer, path.join(folder, "none.csv")))).toBe(
      "none.csv: there is no such file",
    );
    await expect(load(world, customer, file, { company: "nobody" })).rejects.toThrow(
      /There is no company "nobody"; known are/,
    );
    expect(await sentence(load(world, customer, file, { contractNumber: "X1" }))).toMatch(
      /has no contract "X1"$/,
    );
    expect(await sentence(load(world, customer, file, { layout: "terna" }))).toMatch(
      /there is no layout "terna"; known are e-distribuzione, portale/,
    );
    expect(await sentence(load(world, gas, file))).toMatch(
      /is for district heating, and the layout/,
    );
  });

  test("R28 a contract number counts within its company only", async ({ world }) => {
    const mine = await makeCustomer(world.db);
    const other = await makeCustomer(world.db);
    const work = load(world, mine, fileOf(HEADER, line("02/09/2024")), {
      contractNumber: other.contract.contractNumber,
    });
    expect(await refused(world, work)).toHaveLength(1);
  });
});

describe.skipIf(!existsSync(household) && !process.env.SPORTELLO_SAMPLES)(
  `importReadings of a real household (${household})`,
  () => {
    test("R22 R23 the month is 269.281 kWh, 94.036 F1, 68.086 F2 and 107.159 F3", async ({
      world,
    }) => {
      const customer = await makeCustomer(world.db);
      const outcome = await load(world, customer, household);
      expect(outcome).toEqual({
        rows: 30,
        added: 30,
        changed: 0,
        unchanged: 0,
        totals: { [customer.contract.contractNumber]: 269_281 },
      });
      const days = await world.db.select().from(dailyConsumption);
      const sum = (value: (day: (typeof days)[number]) => number | null) =>
        days.reduce((total, day) => total + (value(day) ?? 0), 0);
      expect(sum(({ total }) => total)).toBe(269_281);
      expect([sum(({ f1 }) => f1), sum(({ f2 }) => f2), sum(({ f3 }) => f3)]).toEqual([
        94_036, 68_086, 107_159,
      ]);
      expect(await load(world, customer, household)).toMatchObject({ unchanged: 30, changed: 0 });
    });
  },
);
