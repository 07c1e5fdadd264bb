import { execFileSync } from "node:child_process";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { and, asc, eq } from "drizzle-orm";
import { describe, expect } from "vitest";
import { auditLog, dailyConsumption, loadProfiles } from "@/db/schema";
import { importReadings, type ReadingsInput } from "@/lib/imports/commands/import-readings";
import { faultSentence, ImportRefusedError } from "@/lib/imports/errors";
import { makeContract, makeCustomer } from "../factories/people";
import { test, type World } from "../setup/database";

const HEADER = "contract_number;start;end;value;unit;quality";

async function fileOf(...lines: string[]): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "sportello-readings-"));
  const file = path.join(folder, "readings.csv");
  await writeFile(file, `${lines.join("\n")}\n`);
  return file;
}

const day = (contract: string, date: string, value: string, unit: string, quality = "") => {
  const next = new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10);
  return `${contract};${date}T00:00:00+02:00;${next}T00:00:00+02:00;${value};${unit};${quality}`;
};

const load = (world: World, input: ReadingsInput) =>
  world.worker((ctx) => importReadings(ctx, input));

async function refusal(world: World, input: ReadingsInput): Promise<string[]> {
  const error = await load(world, input).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ImportRefusedError);
  expect(await world.db.$count(loadProfiles)).toBe(0);
  return (error as ImportRefusedError).faults.map(faultSentence);
}

const PORTAL = ["pod", "data_lettura", ...Array.from({ length: 96 }, (_, at) => `ea${at + 1}`)];

describe("readings of several contracts", () => {
  test("R22 each day goes to the contract that its row names; totals per contract", async ({
    world,
  }) => {
    const { company, contract, holder } = await makeCustomer(world.db, {
      contract: { contractNumber: "EL-1" },
    });
    const water = await makeContract(world.db, {
      companyId: company.id,
      holderId: holder.id,
      contractNumber: "AQ-1",
      commodity: "water",
      supplyPoint: "W-1",
    });
    const file = await fileOf(
      HEADER,
      day("EL-1", "2026-05-04", "7,5", "kWh"),
      day("AQ-1", "2026-05-04", "0.321", "m3"),
      day("EL-1", "2026-05-05", "8", "kWh", "estimated"),
    );
    const input = { company: company.slug, file };
    expect(await load(world, input)).toEqual({
      rows: 3,
      added: 3,
      changed: 0,
      unchanged: 0,
      totals: { "AQ-1": 321, "EL-1": 15_500 },
    });
    expect(await load(world, input)).toMatchObject({ unchanged: 3, totals: { "EL-1": 15_500 } });
    const days = await world.db
      .select()
      .from(dailyConsumption)
      .where(eq(dailyConsumption.contractId, contract.id))
      .orderBy(asc(dailyConsumption.localDay));
    expect(days).toMatchObject([
      { total: 7_500, estimated: 0 },
      { total: 8_000, estimated: 1 },
    ]);
    expect(await world.db.$count(dailyConsumption, eq(dailyConsumption.contractId, water.id))).toBe(
      1,
    );
    const stored = await world.db
      .select({ subjectId: auditLog.subjectId, detail: auditLog.detail })
      .from(auditLog)
      .where(eq(auditLog.action, "stored_readings"));
    expect(stored).toHaveLength(4);
    expect(stored[0]?.detail).toMatchObject({ layout: "sportello" });
  });

  test("R22 m3 of gas become Smc by the contract's coefficient, carried within the day", async ({
    world,
  }) => {
    const { company, contract } = await makeCustomer(world.db, {
      contract: {
        contractNumber: "GA-1",
        commodity: "gas",
        supplyPoint: "01234567890123",
        gasCoefficientC: "1.026500",
      },
    });
    const hours = Array.from({ length: 24 }, (_, at) => {
      const from = new Date(Date.parse("2026-05-04T00:00:00+02:00") + at * 3_600_000);
      const to = new Date(from.getTime() + 3_600_000);
      return `GA-1;${from.toISOString()};${to.toISOString()};${at === 7 ? "" : "0,011"};m3;`;
    });
    const outcome = await load(world, {
      company: company.slug,
      file: await fileOf(HEADER, ...hours),
    });
    // 23 × 11 × 1,0265 = 259,7: hour by hour rounded it would be 253.
    expect(outcome.totals).toEqual({ "GA-1": 260 });
    const [profile] = await world.db
      .select()
      .from(loadProfiles)
      .where(eq(loadProfiles.contractId, contract.id));
    expect(profile?.intervals[7]).toBe(-1);
    expect(profile?.intervals.reduce((sum, one) => sum + Math.max(one, 0), 0)).toBe(260);
    expect(new Set(profile?.intervals)).toEqual(new Set([11, 12, -1]));
  });

  test("a pipe given as the file is refused and not waited for", async ({ world }) => {
    const { company } = await makeCustomer(world.db);
    const file = path.join(await mkdtemp(path.join(tmpdir(), "sportello-readings-")), "pipe.csv");
    execFileSync("/usr/bin/mkfifo", [file]);
    expect(await refusal(world, { company: company.slug, file })).toEqual([
      expect.stringMatching(/^pipe\.csv: this is no plain file/),
    ]);
  });

  test("R22 a day whose Smc are more than can be kept is refused by line", async ({ world }) => {
    const { company } = await makeCustomer(world.db, {
      contract: {
        contractNumber: "GA-1",
        commodity: "gas",
        supplyPoint: "01234567890123",
        gasCoefficientC: "1.300000",
      },
    });
    const file = await fileOf(HEADER, day("GA-1", "2026-05-04", "1900000", "m3"));
    expect(await refusal(world, { company: company.slug, file })).toEqual([
      expect.stringMatching(/line 2: 2026-05-04 has more Smc than any supply/),
    ]);
  });

  test("R28 a code of the company's own counts whole, not by its first 14 characters", async ({
    world,
  }) => {
    const { company } = await makeCustomer(world.db, {
      contract: { contractNumber: "W-1", commodity: "water", supplyPoint: "ACQUA-CENTRO-0001" },
    });
    const layout = await mkdtemp(path.join(tmpdir(), "sportello-layout-"));
    await writeFile(
      path.join(layout, "water.json"),
      JSON.stringify({
        name: "water",
        shape: "long",
        of: { by: "supply_point", column: "meter" },
        start: { column: "day", format: "yyyy-MM-dd" },
        intervalMinutes: 1440,
        value: "litres",
        unit: "l",
      }),
    );
    const file = (meter: string) => fileOf("meter;day;litres", `${meter};2026-05-04;120`);
    const input = { company: company.slug, layout: path.join(layout, "water.json") };
    expect(await refusal(world, { ...input, file: await file("ACQUA-CENTRO-0002") })).toEqual([
      expect.stringMatching(/no contract for supply point "ACQUA-CENTRO-0002"/),
    ]);
    expect((await load(world, { ...input, file: await file("acqua-centro-0001") })).totals).toEqual(
      { "W-1": 120 },
    );
  });

  test("R22 gas without its coefficient, other commodities and strangers are refused by line", async ({
    world,
  }) => {
    const { company, holder } = await makeCustomer(world.db, {
      contract: { contractNumber: "GA-1", commodity: "gas", supplyPoint: "01234567890123" },
    });
    await makeContract(world.db, {
      companyId: company.id,
      holderId: holder.id,
      contractNumber: "EL-1",
    });
    const file = await fileOf(
      HEADER,
      day("GA-1", "2026-05-04", "1", "m3"),
      day("EL-1", "2026-05-04", "1", "Smc"),
      day("NO-1", "2026-05-04", "1", "kWh"),
    );
    expect(await refusal(world, { company: company.slug, file })).toEqual([
      expect.stringMatching(/line 2: contract GA-1 has no gas_coefficient_c/),
      expect.stringMatching(/line 3: contract EL-1 is for electricity, and the layout sportello/),
      expect.stringMatching(/line 4: company .* has no contract "NO-1"; import it first/),
    ]);
    const one = await fileOf(HEADER, day("EL-1", "2026-05-04", "1", "kWh"));
    expect(
      await refusal(world, { company: company.slug, file: one, contractNumber: "GA-1" }),
    ).toEqual([expect.stringContaining("is of contract EL-1, and --contract says GA-1")]);
  });

  test("R22 a supply point leads to the contract that ran on that day; a POD by 14 characters", async ({
    world,
  }) => {
    const { company, holder, contract } = await makeCustomer(world.db, {
      contract: {
        contractNumber: "EL-1",
        supplyPoint: "IT001E00000042",
        startsOn: "2020-01-01",
        endsOn: "2026-05-04",
      },
    });
    const later = await makeContract(world.db, {
      companyId: company.id,
      holderId: holder.id,
      contractNumber: "EL-2",
      supplyPoint: "IT001E00000042",
      startsOn: "2026-05-05",
    });
    const row = (date: string) =>
      ["IT001E000000421", date, ...Array.from({ length: 96 }, () => "0,1")].join(";");
    const file = await fileOf(PORTAL.join(";"), row("04/05/2026"), row("05/05/2026"));
    const found = await load(world, { company: company.slug, file });
    expect(found.totals).toEqual({ "EL-1": 9_600, "EL-2": 9_600 });
    for (const [id, date] of [
      [contract.id, "2026-05-04"],
      [later.id, "2026-05-05"],
    ] as const) {
      expect(
        await world.db.$count(
          dailyConsumption,
          and(eq(dailyConsumption.contractId, id), eq(dailyConsumption.localDay, date)),
        ),
      ).toBe(1);
    }
    const stranger = await fileOf(PORTAL.join(";"), row("04/05/2026").replace("042", "099"));
    const error = await load(world, { company: company.slug, file: stranger }).catch(
      (e: unknown) => e,
    );
    expect((error as ImportRefusedError).faults[0]?.reason).toContain(
      "no contract for supply point",
    );
  });

  test("R28 R22 another company's contract of the same number gets nothing", async ({ world }) => {
    const mine = await makeCustomer(world.db, { contract: { contractNumber: "EL-1" } });
    const other = await makeCustomer(world.db, { contract: { contractNumber: "EL-9" } });
    const file = await fileOf(HEADER, day("EL-1", "2026-05-04", "1", "kWh"));
    expect(await refusal(world, { company: other.company.slug, file })).toHaveLength(1);
    await load(world, { company: mine.company.slug, file });
    expect(
      await world.db.$count(loadProfiles, eq(loadProfiles.contractId, other.contract.id)),
    ).toBe(0);
  });
});
