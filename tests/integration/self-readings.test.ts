import { eq } from "drizzle-orm";
import { describe, expect } from "vitest";
import { accountMails, auditLog, contracts, selfReadings } from "@/db/schema";
import { eraseAccount } from "@/lib/accounts/commands/erase-account";
import { inTransaction } from "@/lib/auth/context";
import { setReadingWindow } from "@/lib/companies/commands";
import { storeProfiles } from "@/lib/consumption/commands";
import { decideSelfReadings } from "@/lib/consumption/commands/decide-self-readings";
import {
  type ExportedReading,
  exportSelfReadings,
} from "@/lib/consumption/commands/export-self-readings";
import { submitSelfReading } from "@/lib/consumption/commands/submit-self-reading";
import { findMeterToRead } from "@/lib/consumption/queries/self-readings";
import { listSelfReadings } from "@/lib/consumption/queries/told-readings";
import { NotFoundError } from "@/lib/errors";
import { faultSentence, ImportRefusedError } from "@/lib/imports/errors";
import { decisionsFile, makeReader, type Reader, TODAY } from "../factories/meter-readers";
import { makeCustomer, makeStaff, must } from "../factories/people";
import { makeDay } from "../factories/readings";
import { test, type World } from "../setup/database";

const reader = (world: World) => makeReader(world.db);

const submit = (
  world: World,
  { actor, key }: Pick<Reader, "actor" | "key">,
  over: { readOn?: string; countThousandths?: number; confirmed?: boolean; today?: string } = {},
) =>
  world.web(actor, (ctx) => {
    const { today = TODAY, ...given } = over;
    const input = {
      ...key,
      readOn: TODAY,
      countThousandths: 1_000_000,
      confirmed: false,
      ...given,
    };
    return submitSelfReading(ctx, input, today);
  });

const meterOf = (world: World, { actor, key }: Pick<Reader, "actor" | "key">) =>
  world.web(actor, (ctx) => findMeterToRead(ctx, key, TODAY));

const codeOf = async (world: World, mine: Reader) =>
  must((await meterOf(world, mine))?.readings[0]).receiptCode;

describe("submitSelfReading", () => {
  test("R5 takes no count of a day before the contract is this holder's", async ({ world }) => {
    const mine = await reader(world);
    await world.db
      .update(contracts)
      .set({ heldSince: "2026-11-23" })
      .where(eq(contracts.id, mine.contract.id));
    expect(await submit(world, mine, { readOn: "2026-11-22" })).toMatchObject({
      code: "dayOutside",
    });
    expect(await submit(world, mine, { readOn: "2026-11-23" })).toMatchObject({ ok: true });
  });

  test("R30 takes a count within the window, with a receipt; the same again is the same", async ({
    world,
  }) => {
    const mine = await reader(world);
    const first = await submit(world, mine);
    expect(first).toMatchObject({ ok: true });
    expect(await submit(world, mine)).toEqual(first);
    expect(await submit(world, mine, { countThousandths: 5 })).toMatchObject({
      code: "toldAlready",
    });
    const meter = await meterOf(world, mine);
    expect(meter?.readings).toMatchObject([
      { readOn: TODAY, countThousandths: 1_000_000, state: "submitted", doubt: null },
    ]);
    const entries = await world.db
      .select({ detail: auditLog.detail })
      .from(auditLog)
      .where(eq(auditLog.action, "told_self_reading"));
    expect(entries).toEqual([{ detail: { readOn: TODAY, doubt: null } }]);
  });

  test("refuses what is outside the window, of a day to come, and of a meter that is read remotely", async ({
    world,
  }) => {
    const mine = await reader(world);
    const refused = async (over: Parameters<typeof submit>[2]) =>
      (await submit(world, mine, over)) as { code?: string };
    expect((await refused({ today: "2026-11-19", readOn: "2026-11-19" })).code).toBe("closed");
    expect((await refused({ readOn: "2026-11-19" })).code).toBe("dayOutside");
    expect((await refused({ readOn: "2026-11-26" })).code).toBe("dayOutside");
    const store = (quality: string) =>
      world.worker((ctx) =>
        storeProfiles(ctx, [
          makeDay(mine, "2026-11-20", 2_400, { intervalMinutes: 1440, quality }),
        ]),
      );
    // An estimate was not read by anybody (R22).
    await store("e");
    expect((await meterOf(world, mine))?.readRemotely).toBe(false);
    await store("a");
    expect((await refused({})).code).toBe("readRemotely");
    expect(await world.db.$count(selfReadings)).toBe(0);
  });

  test("asks once about what looks wrong, and takes it with the doubt beside it", async ({
    world,
  }) => {
    const mine = await reader(world);
    await submit(world, mine, { readOn: "2026-11-21" });
    const lower = { countThousandths: 900_000 };
    expect(await submit(world, mine, lower)).toEqual({ ok: false, code: "lower" });
    expect(await submit(world, mine, { ...lower, confirmed: true })).toMatchObject({ ok: true });
    const [told] = (await meterOf(world, mine))?.readings ?? [];
    expect(told).toMatchObject({ doubt: "lower", countThousandths: 900_000 });
  });

  test("R28 R5 of one's own contracts alone; the next holder sees none of it", async ({
    world,
  }) => {
    const mine = await reader(world);
    const other = await makeCustomer(world.db, { company: mine.company });
    const asOther = { actor: other.actor, key: mine.key };
    await submit(world, mine);
    await expect(submit(world, asOther)).rejects.toThrow(NotFoundError);
    expect(await meterOf(world, asOther)).toBeNull();
    expect(await findMeterToRead({ db: world.db, actor: other.actor }, mine.key, TODAY)).toBeNull();
    await world.db
      .update(contracts)
      .set({ endsOn: "2026-11-01" })
      .where(eq(contracts.id, mine.contract.id));
    expect(await meterOf(world, mine)).toBeNull();
    const support = await makeStaff(world.db, "support");
    expect(await world.web(support, listSelfReadings)).toHaveLength(1);
  });
});

describe("exportSelfReadings", () => {
  test("hands each out once; what could not be written is handed out again", async ({ world }) => {
    const mine = await reader(world);
    await submit(world, mine);
    const run = async (write: (rows: ExportedReading[]) => Promise<void>) =>
      await world.worker((ctx) => exportSelfReadings(ctx, { write }));
    await expect(
      run(async () => {
        throw new Error("disk full");
      }),
    ).rejects.toThrow("disk full");
    const written: ExportedReading[] = [];
    const keep = async (rows: ExportedReading[]) => void written.push(...rows);
    expect(await run(keep)).toEqual({ readings: 1 });
    expect(await run(keep)).toEqual({ readings: 0 });
    expect(written).toMatchObject([
      { contractNumber: mine.contract.contractNumber, readOn: TODAY, countThousandths: 1_000_000 },
    ]);
  });
});

describe("decideSelfReadings", () => {
  test("R30 decides each once and writes one mail; the same file again changes nothing", async ({
    world,
  }) => {
    const mine = await reader(world);
    await submit(world, mine);
    const file = await decisionsFile(`${await codeOf(world, mine)};refused;implausible`);
    const decide = () => world.worker((ctx) => decideSelfReadings(ctx, file));
    expect(await decide()).toEqual({ decided: 1, unchanged: 0 });
    expect(await decide()).toEqual({ decided: 0, unchanged: 1 });
    const mails = await world.db
      .select({ template: accountMails.template, params: accountMails.params })
      .from(accountMails)
      .where(eq(accountMails.accountId, mine.account.id));
    expect(mails).toMatchObject([
      { template: "self-reading-refused", params: { why: "implausible", readOn: TODAY } },
    ]);
    // What was refused may be told again.
    expect(await submit(world, mine, { countThousandths: 1_000_500 })).toMatchObject({ ok: true });
  });

  test("all of a file or nothing, each fault with its line", async ({ world }) => {
    const mine = await reader(world);
    await submit(world, mine);
    const code = await codeOf(world, mine);
    const refusal = async (...lines: string[]) => {
      const file = await decisionsFile(...lines);
      const error = await world.worker((ctx) =>
        decideSelfReadings(ctx, file).catch((thrown: unknown) => thrown),
      );
      return error instanceof ImportRefusedError
        ? error.faults.map(faultSentence).join("\n")
        : error;
    };
    expect(await refusal(`${code};accepted;`, "AL-NONE0-00000;accepted;")).toMatch(
      /line 3, column receipt_code: no self-reading has this receipt/,
    );
    expect(await refusal(`${code};refused;`)).toMatch(/line 2, column reason: is empty/);
    expect(await refusal(`${code};accepted;`, `${code};accepted;`)).toMatch(/stands in line 2/);
    const [row] = await world.db.select({ state: selfReadings.state }).from(selfReadings);
    expect(row?.state).toBe("submitted");
  });

  test("R7 an account that is gone is not written to, and its readings are not handed out", async ({
    world,
  }) => {
    const mine = await reader(world);
    await submit(world, mine);
    const code = await codeOf(world, mine);
    await world.web(mine.actor, (ctx) =>
      inTransaction(ctx, (tx) => eraseAccount(tx, { farewell: false })),
    );
    const file = await decisionsFile(`${code};accepted;`);
    expect(await world.worker((ctx) => decideSelfReadings(ctx, file))).toMatchObject({
      decided: 1,
    });
    expect(await world.db.$count(accountMails)).toBe(0);
    const write = async (rows: ExportedReading[]) => expect(rows).toEqual([]);
    await world.worker((ctx) => exportSelfReadings(ctx, { write }));
  });
});

describe("setReadingWindow", () => {
  test("begins a new window and ends the one before; the same again changes nothing", async ({
    world,
  }) => {
    const mine = await reader(world);
    const set = (opensOnDay: number, validFrom = "2026-12-01") =>
      world.worker((ctx) =>
        setReadingWindow(ctx, {
          ...{ company: mine.company.slug, commodity: "gas" as const },
          ...{ opensOnDay, closesOnDay: 31, validFrom },
        }),
      );
    expect(await set(20)).toEqual({ changed: false });
    expect(await set(25)).toEqual({ changed: true });
    const windows = (await meterOf(world, mine))?.windows;
    expect(windows?.map(({ opensOnDay, validUntil }) => [opensOnDay, validUntil]).sort()).toEqual([
      [20, "2026-12-01"],
      [25, null],
    ]);
    // Of three that are set, no two hold on the same day.
    await set(22, "2027-03-01");
    await set(10, "2027-02-01");
    const after = (await meterOf(world, mine))?.windows;
    expect(after?.map(({ opensOnDay, validUntil }) => [opensOnDay, validUntil]).sort()).toEqual([
      [10, null],
      [20, "2026-12-01"],
      [25, "2027-02-01"],
    ]);
  });
});
