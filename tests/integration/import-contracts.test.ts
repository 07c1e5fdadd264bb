import { and, eq, sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import {
  auditLog,
  contractLinks,
  contracts,
  deliveryChoices,
  documents,
  holders,
  imports,
  mandates,
} from "@/db/schema";
import { listBills } from "@/lib/documents/queries/bill-list";
import { importContracts } from "@/lib/imports/commands/import-contracts";
import { faultSentence, ImportRefusedError } from "@/lib/imports/errors";
import { romeDay } from "@/lib/time";
import { contractsFile } from "../factories/import-files";
import { makeAccount, makeCompany, makeDocument, must } from "../factories/people";
import { test, type World } from "../setup/database";

async function load(world: World, company: string, file: string, dryRun = false) {
  return await world.worker((ctx) => importContracts(ctx, { company, file, dryRun }));
}

async function refusal(world: World, company: string, file: string): Promise<string[]> {
  const error = await load(world, company, file).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ImportRefusedError);
  return (error as ImportRefusedError).faults.map(faultSentence);
}

async function contractOf(world: World, companyId: number, number = "C-1") {
  const [contract] = await world.db
    .select()
    .from(contracts)
    .where(and(eq(contracts.companyId, companyId), eq(contracts.contractNumber, number)));
  return must(contract);
}

const mandatesOf = async (world: World, contractId: string) =>
  await world.db
    .select({
      reference: mandates.reference,
      status: mandates.status,
      since: mandates.since,
      until: mandates.until,
    })
    .from(mandates)
    .where(eq(mandates.contractId, contractId))
    .orderBy(mandates.reference);

describe("importContracts", () => {
  test("adds contracts, holders and mandates; the same file again changes nothing", async ({
    world,
  }) => {
    const { id, slug } = await makeCompany(world.db);
    const file = await contractsFile(
      {},
      {
        contract_number: "C-2",
        commodity: "gas",
        supply_point: "00594201234567",
        gas_coefficient_c: "1,02",
        mandate_status: "none",
        mandate_reference: "",
        mandate_iban: "",
        mandate_debtor: "",
        mandate_since: "",
      },
    );
    expect(await load(world, slug, file)).toEqual({ rows: 2, added: 2, changed: 0, unchanged: 0 });
    expect(await load(world, slug, file)).toEqual({ rows: 2, added: 0, changed: 0, unchanged: 2 });
    const electricity = await contractOf(world, id);
    const gas = await contractOf(world, id, "C-2");
    expect(electricity.holderId).toBe(gas.holderId);
    expect(electricity).toMatchObject({
      annualConsumption: "2700",
      availablePowerKw: "3.3",
      heldSince: "2020-01-01",
    });
    expect(await mandatesOf(world, electricity.id)).toEqual([
      { reference: "UMR-1", status: "active", since: "2020-01-01", until: null },
    ]);
    expect(await mandatesOf(world, gas.id)).toEqual([]);
    expect(await world.db.$count(imports, eq(imports.companyId, id))).toBe(2);
    const [first] = await world.db
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.companyId, id), eq(auditLog.action, "imported_contracts")));
    expect(first).toMatchObject({ actorKind: "system", detail: { rows: 2, added: 2 } });
  });

  test("a dry run counts and changes nothing", async ({ world }) => {
    const { id, slug } = await makeCompany(world.db);
    const file = await contractsFile({});
    expect(await load(world, slug, file, true)).toMatchObject({ added: 1 });
    expect(await world.db.$count(contracts, eq(contracts.companyId, id))).toBe(0);
    expect(await world.db.select().from(imports)).toMatchObject([{ state: "checked" }]);
  });

  test("changes what the file says, counts only that, and keeps what it does not name", async ({
    world,
  }) => {
    const { id, slug } = await makeCompany(world.db);
    await load(world, slug, await contractsFile({}, { contract_number: "C-2" }));
    const ended = await contractsFile({ ends_on: "2026-10-31", product: "Luce Nuova" });
    expect(await load(world, slug, ended)).toMatchObject({ added: 0, changed: 1 });
    expect(await contractOf(world, id)).toMatchObject({
      endsOn: "2026-10-31",
      product: "Luce Nuova",
    });
    expect((await contractOf(world, id, "C-2")).product).toBe("Luce Chiara");
    const renamed = await contractsFile({
      ends_on: "2026-10-31",
      product: "Luce Nuova",
      holder_name: "Rossi M.",
    });
    expect(await load(world, slug, renamed)).toMatchObject({ changed: 1 });
    const [holder] = await world.db
      .select()
      .from(holders)
      .where(eq(holders.id, (await contractOf(world, id)).holderId));
    expect(holder?.name).toBe("Rossi M.");
  });

  test("a holder named differently in one file is as the last line says, also the second time", async ({
    world,
  }) => {
    const { slug } = await makeCompany(world.db);
    const file = await contractsFile(
      { holder_name: "ROSSI MARIO" },
      { contract_number: "C-2", holder_name: "Rossi Mario" },
    );
    await load(world, slug, file);
    expect(await load(world, slug, file)).toMatchObject({ changed: 0, unchanged: 2 });
  });

  test("R2 a mandate is as the billing system tells it, and one no longer named is not active", async ({
    world,
  }) => {
    const { id, slug } = await makeCompany(world.db);
    await load(world, slug, await contractsFile({}));
    const contract = await contractOf(world, id);
    await load(
      world,
      slug,
      await contractsFile({
        mandate_status: "revoked",
        mandate_since: "",
        mandate_until: "2026-10-01",
      }),
    );
    const revoked = { reference: "UMR-1", status: "revoked", since: "2020-01-01" };
    expect(await mandatesOf(world, contract.id)).toEqual([{ ...revoked, until: "2026-10-01" }]);
    const next = { mandate_reference: "UMR-2", mandate_since: "2026-11-01" };
    await load(world, slug, await contractsFile(next));
    expect(await mandatesOf(world, contract.id)).toEqual([
      { ...revoked, until: "2026-10-01" },
      { reference: "UMR-2", status: "active", since: "2026-11-01", until: null },
    ]);
    const none = await contractsFile({ mandate_status: "none" });
    expect(await load(world, slug, none)).toMatchObject({ changed: 1 });
    expect((await mandatesOf(world, contract.id)).map(({ status }) => status)).toEqual([
      "revoked",
      "revoked",
    ]);
    expect(await load(world, slug, none)).toMatchObject({ unchanged: 1 });
  });

  test("R5 a changed tax id ends link and choice at that instant; earlier documents stay", async ({
    world,
  }) => {
    const { id, slug } = await makeCompany(world.db);
    await load(world, slug, await contractsFile({}));
    const before = await contractOf(world, id);
    const account = await makeAccount(world.db, { holderId: before.holderId });
    const key = { companyId: id, contractId: before.id };
    await world.db.insert(contractLinks).values({ ...key, accountId: account.id });
    await world.db.insert(deliveryChoices).values({
      ...key,
      accountId: account.id,
      mode: "electronic",
      noticeVersion: "1",
      origin: "customer",
    });
    const bill = await makeDocument(world.db, { ...key, holderId: before.holderId });

    const moved = await contractsFile({
      tax_id: "VRDGPP75B02F205A",
      holder_name: "Verdi Giuseppe",
      mandate_reference: "UMR-9",
      mandate_debtor: "Verdi Giuseppe",
    });
    expect(await load(world, slug, moved)).toMatchObject({ changed: 1 });

    const after = await contractOf(world, id);
    expect(after.holderId).not.toBe(before.holderId);
    expect(after.heldSince).toBe(romeDay(new Date()));
    const [link] = await world.db
      .select()
      .from(contractLinks)
      .where(eq(contractLinks.contractId, before.id));
    expect(link).toMatchObject({ endedBecause: "holder_changed" });
    const [mode] = await world.db.execute(
      sql`select mode, reason from delivery_modes(${id}::smallint, null, clock_timestamp())`,
    );
    expect(mode).toEqual({ mode: "paper", reason: "no_choice" });
    const [document] = await world.db.select().from(documents).where(eq(documents.id, bill.id));
    expect(document?.holderId).toBe(before.holderId);
    const actor = {
      kind: "customer" as const,
      accountId: account.id,
      holderId: before.holderId,
      sessionId: account.id,
      email: account.email,
      language: account.language,
    };
    const { bills } = await world.web(actor, (ctx) => listBills(ctx));
    expect(bills.map((one) => one.id)).toEqual([bill.id]);
    expect((await mandatesOf(world, before.id)).map(({ status }) => status)).toEqual([
      "revoked",
      "active",
    ]);
    expect(
      await world.db.$count(
        auditLog,
        and(eq(auditLog.subjectId, before.id), eq(auditLog.action, "changed_holder")),
      ),
    ).toBe(1);
    expect(await load(world, slug, moved)).toMatchObject({ unchanged: 1 });
  });

  test("R5 after a change of holder the former one's mandate is theirs, also under the same reference", async ({
    world,
  }) => {
    const { id, slug } = await makeCompany(world.db);
    const revoked = {
      mandate_reference: "UMR-0",
      mandate_status: "revoked",
      mandate_until: "2999-01-01",
    };
    await load(world, slug, await contractsFile(revoked));
    await load(world, slug, await contractsFile({}));
    const before = await contractOf(world, id);
    const next = {
      tax_id: "VRDGPP75B02F205A",
      holder_name: "Verdi Giuseppe",
      mandate_debtor: "Verdi Giuseppe",
      mandate_since: "2026-11-01",
    };
    const file = await contractsFile(next);
    await load(world, slug, file);
    const after = await contractOf(world, id);
    const rows = await world.db
      .select({ reference: mandates.reference, status: mandates.status, holder: mandates.holderId })
      .from(mandates)
      .where(eq(mandates.contractId, before.id))
      .orderBy(mandates.reference, mandates.id);
    expect(rows).toEqual([
      { reference: "UMR-0", status: "revoked", holder: before.holderId },
      { reference: "UMR-1", status: "revoked", holder: before.holderId },
      { reference: "UMR-1", status: "active", holder: after.holderId },
    ]);
    expect(await load(world, slug, file)).toMatchObject({ unchanged: 1 });
    await load(world, slug, await contractsFile({ ...next, mandate_status: "none" }));
    const active = await world.db.execute(sql`select m.id from contracts c
      cross join lateral active_mandate(c.company_id, c.id, c.holder_id,
        (now() at time zone 'Europe/Rome')::date) m
      where c.id = ${before.id}`);
    expect([...active]).toEqual([]);
  });

  test("R5 a start told later does not move back the day a contract changed hands", async ({
    world,
  }) => {
    const { id, slug } = await makeCompany(world.db);
    const today = romeDay(new Date());
    await load(world, slug, await contractsFile({}));
    await load(world, slug, await contractsFile({ starts_on: "2019-01-01" }));
    expect((await contractOf(world, id)).heldSince).toBe("2019-01-01");
    const next = { tax_id: "VRDGPP75B02F205A", holder_name: "Verdi Giuseppe" };
    await load(world, slug, await contractsFile({ ...next, starts_on: today }));
    await load(world, slug, await contractsFile({ ...next, starts_on: "2019-01-01" }));
    expect(await contractOf(world, id)).toMatchObject({
      startsOn: "2019-01-01",
      heldSince: today,
    });
  });

  test("R28 another company's contract of the same number is not touched", async ({ world }) => {
    const mine = await makeCompany(world.db);
    const other = await makeCompany(world.db);
    await load(world, mine.slug, await contractsFile({ product: "Mine" }));
    const file = await contractsFile({ product: "Theirs" });
    expect(await load(world, other.slug, file)).toMatchObject({ added: 1 });
    expect((await contractOf(world, mine.id)).product).toBe("Mine");
  });

  test("every fault of a file is told with line and column, and nothing is changed", async ({
    world,
  }) => {
    const { id, slug } = await makeCompany(world.db);
    const file = await contractsFile(
      {},
      { contract_number: "C-2", starts_on: "2026-02-30", commodity: "steam" },
      { contract_number: "C-3", supply_point: "00594201234567" },
      { contract_number: "C-4", mandate_since: "" },
      { contract_number: "C-5", mandate_status: "expired" },
      { contract_number: "C-6", mandate_iban: "IT00X" },
      { contract_number: "C-7", tax_id: "ROSSI" },
      { contract_number: "C-1" },
      { contract_number: "C-8", ends_on: "2019-01-01" },
    );
    const sentences = await refusal(world, slug, file);
    expect(sentences).toEqual([
      expect.stringContaining('line 3, column commodity: "steam" is none of electricity'),
      expect.stringContaining('line 3, column starts_on: "2026-02-30" is not a date'),
      expect.stringContaining("line 4, column supply_point: "),
      expect.stringContaining("line 5, column mandate_since: is empty, and an active mandate"),
      expect.stringContaining("line 6, column mandate_until: is empty"),
      expect.stringContaining("line 7, column mandate_iban: is not a valid IBAN"),
      expect.stringContaining("line 8, column tax_id: is neither a codice fiscale"),
      expect.stringContaining("line 9, column contract_number: C-1 stands in line 2 already"),
      expect.stringContaining("line 10, column ends_on: 2019-01-01 is before starts_on"),
    ]);
    expect(await world.db.$count(contracts, eq(contracts.companyId, id))).toBe(0);
  });

  test("an unknown company is refused in one sentence that names the known ones", async ({
    world,
  }) => {
    const { slug } = await makeCompany(world.db);
    const file = await contractsFile({});
    await expect(load(world, "nobody", file)).rejects.toThrow(
      new RegExp(`There is no company "nobody"; known are: .*${slug}`),
    );
  });
});
